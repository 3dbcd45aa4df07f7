using Shared.Kernel;

namespace Host;

/// <summary>The page at <c>/</c>: what runs here, the modules' picture, live counts, links.</summary>
internal static class StartPage
{
    public static void Map(WebApplication front, Topology topology, Manifest manifest)
    {
        using var reader = new StreamReader(typeof(StartPage).Assembly.GetManifestResourceStream("StartPage.html")!);
        var page = reader.ReadToEnd();
        front.MapGet("/", () => Results.Content(page, "text/html; charset=utf-8"));
        front.MapGet("/topology", () => Results.Json(new
        {
            topology.Here,
            Elsewhere = topology.Elsewhere.Keys.Order(StringComparer.Ordinal),
            Carrier = topology.Carrier.ToString(),
            Drain = topology.Drain.Select(carrier => carrier.ToString()),
            topology.Scaled,
            topology.Gateway,
            Version = typeof(StartPage).Assembly.GetName().Version!.ToString(3),
            manifest.Modules,
        }));
    }
}
