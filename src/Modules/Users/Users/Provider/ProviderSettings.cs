using Microsoft.Extensions.Configuration;

namespace Users;

/// <param name="Clients">Whom the provider serves; none: there is no provider.</param>
/// <param name="Access">How long an access token is good, and an identity token.</param>
/// <param name="Refresh">How long a refresh token is good, each anew.</param>
/// <param name="Code">How long a client has to come for its tokens.</param>
/// <param name="Session">How long somebody stays signed in to the provider's own pages.</param>
/// <param name="Origin">Where browsers reach the host, if the issuer says so; else wherever they asked.</param>
internal sealed record ProviderSettings(IReadOnlyList<Client> Clients, TimeSpan Access, TimeSpan Refresh, TimeSpan Code, TimeSpan Session, Uri? Origin)
{
    private const string IssuerPath = "/v1/users";

    private static readonly (string Name, TimeSpan Usual, TimeSpan Most, string Said)[] s_lifetimes =
    [
        ("Users:Lifetimes:Access", TimeSpan.FromMinutes(15), TimeSpan.FromDays(1), "a day"),
        ("Users:Lifetimes:Refresh", TimeSpan.FromDays(14), TimeSpan.FromDays(365), "a year"),
        ("Users:Lifetimes:Code", TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10), "ten minutes"),
        ("Users:Lifetimes:Session", TimeSpan.FromHours(8), TimeSpan.FromDays(30), "thirty days"),
    ];

    public bool IsOn => Clients.Count > 0;

    /// <summary>Behind TLS, wherever it ends: cookies are for it alone.</summary>
    public bool IsSecure => Origin?.Scheme == Uri.UriSchemeHttps;

    public TimeSpan LongestToken => Access > Refresh ? Access : Refresh;

    public static ProviderSettings Of(IConfiguration configuration)
    {
        var lifetimes = s_lifetimes.Select(lifetime => configuration.GetValue(lifetime.Name, lifetime.Usual)).ToArray();
        return new(Client.All(configuration), lifetimes[0], lifetimes[1], lifetimes[2], lifetimes[3], OriginOf(configuration["Tokens:Issuer"]));
    }

    public static IEnumerable<string> Faults(IConfiguration configuration)
    {
        foreach (var (name, _, most, said) in s_lifetimes)
            if (configuration[name] is { } given && Times.Read(given, most) is null) yield return Times.Fault(name, given, said);

        foreach (var fault in Client.Faults(configuration)) yield return fault;
        if (!configuration.GetSection("Users:Clients").GetChildren().Any()) yield break;

        if (configuration["Tokens:Authority"] is { } authority)
            yield return $"Users:Clients names clients of this shop's own provider, but Tokens:Authority is '{authority}', another one: remove one of the two.";
        if (configuration["Tokens:Issuer"] is { } issuer && !Uri.TryCreate(issuer, UriKind.Absolute, out _))
            yield return $"Tokens:Issuer is '{issuer}': a provider's must be an address such as https://shop.example{IssuerPath}.";
    }

    public static Uri? OriginOf(string? issuer) =>
        Uri.TryCreate(issuer, UriKind.Absolute, out var uri) && uri.AbsolutePath == IssuerPath && uri.Query.Length == 0 ? new Uri(uri.GetLeftPart(UriPartial.Authority)) : null;
}
