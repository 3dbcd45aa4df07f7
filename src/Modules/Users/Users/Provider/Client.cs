using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace Users;

/// <summary>A program that the provider knows, from the configuration. One that has a secret proves itself by it; one that has a role gets tokens in its own name.</summary>
/// <param name="SecretHash">SHA-256: a secret is long and random, not a password. Null: a program that cannot keep one (in a browser, on a telephone).</param>
/// <param name="RedirectUris">Where codes are sent; empty: it signs nobody in.</param>
/// <param name="SignedOutUris">Where a browser may go when somebody has signed out.</param>
internal sealed record Client(string Id, byte[]? SecretHash, IReadOnlyList<string> RedirectUris, IReadOnlyList<string> SignedOutUris, Role? Role)
{
    private const string Section = "Users:Clients", Redirects = "RedirectUris", SignedOut = "SignedOutUris", Secret = "Secret", RoleName = "Role";
    private const int ShortestSecret = 32;

    /// <summary>Whom its own tokens are about: an id as every caller has one, always the same for the same client.</summary>
    public Guid Subject { get; } = SubjectOf(Id);

    public static IReadOnlyList<Client> All(IConfiguration configuration) => [.. configuration.GetSection(Section).GetChildren().Select(client => new Client(
        client.Key,
        client[Secret] is { } secret ? Hash(secret) : null,
        Listed(client[Redirects]),
        Listed(client[SignedOut]),
        Enum.TryParse<Role>(client[RoleName], ignoreCase: true, out var role) ? role : null))];

    public static IEnumerable<string> Faults(IConfiguration configuration)
    {
        var audience = UsersSettings.AudienceOf(configuration);
        return configuration.GetSection(Section).GetChildren().SelectMany(client => FaultsOf(client, audience));
    }

    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    private static IEnumerable<string> FaultsOf(IConfigurationSection client, string audience)
    {
        string[] redirects = Listed(client[Redirects]);
        var role = client[RoleName];
        if (!(client.Key.Length is >= 1 and <= 50 && client.Key.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-')))
            yield return $"{client.Path}: a client's name has 1 to 50 lower-case letters, digits and hyphens.";
        if (client.Key == audience)
            yield return $"{client.Path}: a client is not called '{audience}', for whom tokens are (Tokens:Audience): whom a token is for may end it, and it would be everybody's. Give it another name.";
        foreach (var unknown in client.GetChildren().Where(setting => !(setting.Key is Redirects or SignedOut or Secret or RoleName)))
            yield return $"{unknown.Path} is not known. Known: {Redirects}, {SignedOut}, {Secret}, {RoleName}.";
        if (redirects.Length == 0 && role is null)
            yield return $"{client.Path} has neither {Redirects}, to sign people in, nor {RoleName}, to get tokens in its own name: give one of them.";
        if (role is not null && !(Enum.TryParse<Role>(role, ignoreCase: true, out _) && char.IsAsciiLetter(role[0])))
            yield return $"{client.Path}:{RoleName} is '{role}': it must be customer or operator.";
        if (role is not null && client[Secret] is null)
            yield return $"{client.Path} has a {RoleName} but no {Secret}: without one anybody could be this client.";
        if (client[Secret] is { Length: < ShortestSecret })
            yield return $"{client.Path}:{Secret} is too short: it must be {ShortestSecret} random characters or more.";
        foreach (var uri in redirects.Concat(Listed(client[SignedOut])).Where(uri => !IsRedirect(uri)))
            yield return $"{client.Path} names '{uri}' to go to: it must be https://…, http:// on this machine itself (localhost, 127.0.0.1, [::1]), or a scheme of the program's own such as com.example.app:/…, without fragment.";
    }

    private static bool IsRedirect(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Fragment.Length == 0 && !text.Contains('#', StringComparison.Ordinal) && uri.UserInfo.Length == 0
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback) || uri.Scheme.Contains('.', StringComparison.Ordinal));

    private static string[] Listed(string? text) => text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    // RFC 9562's version 8: made from a hash.
    private static Guid SubjectOf(string id)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes($"client {id}"))[..16];
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
