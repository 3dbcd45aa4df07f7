using System.Globalization;
using MailKit.Security;
using Microsoft.Extensions.Configuration;
using MimeKit;

namespace Users;

internal enum MailProvider
{
    /// <summary>No mail is decided on or sent.</summary>
    None,

    Mailbox,

    Smtp,
}

/// <param name="From">Whom mails come from; its name is the shop's.</param>
/// <param name="Operators">Who hears what operators hear; none: each operator's account does.</param>
/// <param name="Language">Of accounts that say none.</param>
/// <param name="Links">Where browsers reach the shop: what links in mails begin with. Null: no mail has one.</param>
/// <param name="Templates">A folder whose files take the place of the built-in ones: language/name.txt.</param>
internal sealed record MailSettings(MailProvider Provider, MailboxAddress? From, IReadOnlyList<string> Operators, string Language, string? Templates, Uri? Links, SmtpSettings? Smtp)
{
    private const string Section = "Users:Mail", ProviderName = "Users:Mail:Provider", Sender = "Users:Mail:From", Hearers = "Users:Mail:Operators", Tongue = "Users:Mail:Language", Folder = "Users:Mail:Templates", LinksName = "Users:Mail:Links";

    public bool IsOn => Provider != MailProvider.None;

    public static MailSettings Of(IConfiguration configuration)
    {
        var provider = ProviderOf(configuration[ProviderName]) ?? MailProvider.None;
        return new(
            provider,
            AddressOf(configuration[Sender]),
            Listed(configuration[Hearers]),
            configuration[Tongue] ?? MailTemplates.English,
            configuration[Folder],
            LinksOf(configuration),
            provider == MailProvider.Smtp ? SmtpSettings.Of(configuration) : null);
    }

    public static IEnumerable<string> Faults(IConfiguration configuration)
    {
        string[] known = ["Provider", "From", "Operators", "Language", "Templates", "Links", "Smtp"];
        foreach (var unknown in configuration.GetSection(Section).GetChildren().Where(setting => !known.Contains(setting.Key, StringComparer.OrdinalIgnoreCase)))
            yield return $"{unknown.Path} is not known. Known: {string.Join(", ", known)}.";

        var given = configuration[ProviderName];
        if (given is null)
        {
            if (configuration.GetSection(Section).GetChildren().Any()) yield return $"{Section} has settings but no Provider: set {ProviderName} to mailbox or smtp, or remove them.";
            yield break;
        }

        if (ProviderOf(given) is not { } provider) yield return $"{ProviderName} is '{given}': it must be mailbox or smtp.";
        else if (provider == MailProvider.Smtp)
        {
            foreach (var fault in SmtpSettings.Faults(configuration)) yield return fault;
        }

        if (AddressOf(configuration[Sender]) is null) yield return $"{Sender} is '{configuration[Sender]}': it must say whom mails come from, such as Shop <shop@example.com>.";
        foreach (var address in Listed(configuration[Hearers]).Where(address => AddressOf(address) is null)) yield return $"{Hearers} names '{address}': it must be e-mail addresses with commas.";

        if (configuration[LinksName] is { } links && OriginOf(links) is null) yield return $"{LinksName} is '{links}': it must be where browsers reach the shop, such as https://shop.example.";
        else if (LinksOf(configuration) is null && Client.All(configuration).Any(client => client.RedirectUris.Count > 0))
            yield return $"{LinksName} is missing: mails to people who sign in have links, so the shop must know where browsers reach it. Set it to https://shop.example, or Tokens:Issuer to https://shop.example/v1/users.";

        if (configuration[Folder] is { } folder && !Directory.Exists(folder)) yield return $"{Folder} is '{folder}', where there is no folder.";
        else
        {
            var templates = MailTemplates.Of(configuration[Folder]);
            foreach (var fault in templates.Faults()) yield return fault;
            if (configuration[Tongue] is { } tongue && !templates.Languages.Contains(tongue)) yield return $"{Tongue} is '{tongue}', of which there is no template. Known: {string.Join(", ", templates.Languages)}.";
        }
    }

    private static MailProvider? ProviderOf(string? name) => name?.ToLowerInvariant() switch
    {
        "mailbox" => MailProvider.Mailbox,
        "smtp" => MailProvider.Smtp,
        _ => null,
    };

    private static MailboxAddress? AddressOf(string? text) =>
        text is { Length: <= 400 } && !text.Any(char.IsControl) && MailboxAddress.TryParse(text, out var address) && address.Domain.Length > 0 ? address : null;

    public static Uri? LinksOf(IConfiguration configuration) => OriginOf(configuration[LinksName]) ?? ProviderSettings.OriginOf(configuration["Tokens:Issuer"]);

    private static Uri? OriginOf(string? text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.PathAndQuery == "/" && uri.Fragment.Length == 0 && uri.UserInfo.Length == 0 ? uri : null;

    private static string[] Listed(string? text) => text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
}

/// <param name="Tls">StartTls demands it: a server that does not offer it gets no mail.</param>
internal sealed record SmtpSettings(string Host, int Port, SecureSocketOptions Tls, string? User, string? Password, TimeSpan Timeout)
{
    private const string HostName = "Users:Mail:Smtp:Host", PortName = "Users:Mail:Smtp:Port", TlsName = "Users:Mail:Smtp:Tls", UserName = "Users:Mail:Smtp:User", PasswordName = "Users:Mail:Smtp:Password", TimeoutName = "Users:Mail:Smtp:Timeout";

    public static SmtpSettings Of(IConfiguration configuration)
    {
        var tls = TlsOf(configuration[TlsName]) ?? SecureSocketOptions.StartTls;
        var usual = tls switch { SecureSocketOptions.SslOnConnect => 465, SecureSocketOptions.None => 25, _ => 587 };
        return new(configuration[HostName] ?? "", configuration.GetValue(PortName, usual), tls, configuration[UserName], configuration[PasswordName], configuration.GetValue(TimeoutName, TimeSpan.FromSeconds(20)));
    }

    public static IEnumerable<string> Faults(IConfiguration configuration)
    {
        string[] known = ["Host", "Port", "Tls", "User", "Password", "Timeout"];
        foreach (var unknown in configuration.GetSection("Users:Mail:Smtp").GetChildren().Where(setting => !known.Contains(setting.Key, StringComparer.OrdinalIgnoreCase)))
            yield return $"{unknown.Path} is not known. Known: {string.Join(", ", known)}.";

        if (string.IsNullOrWhiteSpace(configuration[HostName])) yield return $"{HostName} is '{configuration[HostName]}': it must be the mail server's name.";
        if (configuration[PortName] is { } port && !(int.TryParse(port, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 65535)) yield return $"{PortName} is '{port}': it must be a port, 1 to 65535.";
        if (configuration[TlsName] is { } tls && TlsOf(tls) is null) yield return $"{TlsName} is '{tls}': it must be starttls, implicit or none.";
        if (TlsOf(configuration[TlsName]) == SecureSocketOptions.None && configuration[PasswordName] is not null) yield return $"{TlsName} is none, but there is a {PasswordName}: it would travel readable. Set {TlsName} to starttls or implicit.";
        if (configuration[UserName] is null != configuration[PasswordName] is null) yield return $"{UserName} and {PasswordName} belong together: give both or neither.";
        if (configuration[TimeoutName] is { } timeout && Times.Read(timeout, TimeSpan.FromMinutes(5)) is null) yield return Times.Fault(TimeoutName, timeout, "five minutes");
    }

    private static SecureSocketOptions? TlsOf(string? name) => name?.ToLowerInvariant() switch
    {
        "starttls" => SecureSocketOptions.StartTls,
        "implicit" => SecureSocketOptions.SslOnConnect,
        "none" => SecureSocketOptions.None,
        _ => null,
    };
}
