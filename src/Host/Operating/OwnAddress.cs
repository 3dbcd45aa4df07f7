namespace Host;

/// <summary>Where a host with these settings answers on its own machine.</summary>
internal static class OwnAddress
{
    public const string Default = "http://127.0.0.1:8080";

    /// <summary>The first address, as a host itself takes it: endpoints of Kestrel go before Urls.</summary>
    public static Uri Of(IConfiguration configuration)
    {
        var said = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).FirstOrDefault(url => url is not null) ?? configuration["Urls"]
            ?? (configuration["http_ports"] is { Length: > 0 } ports ? $"http://127.0.0.1:{ports}" : Default);
        var first = said.Split(';')[0];
        foreach (var any in new[] { "//+", "//*", "//0.0.0.0", "//[::]" }) first = first.Replace(any, "//127.0.0.1", StringComparison.Ordinal);
        return new Uri(first);
    }
}
