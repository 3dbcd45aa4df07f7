namespace Users;

/// <summary>What sending takes: texts, the port and the shop's name. With no provider named it is off, and no mail is decided on.</summary>
public sealed class Mailing
{
    private readonly MailSettings _settings;
    private readonly MailTemplates _templates;
    private readonly IMailPort _port;
    private readonly TimeProvider _clock;

    internal Mailing(MailSettings settings, MailTemplates templates, IMailPort port, SealedLinks? links, TimeProvider clock) =>
        (_settings, _templates, _port, Links, _clock) = (settings, templates, port, links, clock);

    public bool IsOn => _settings.IsOn;

    /// <summary>Null: there are no mails, or no pages that links could lead to.</summary>
    internal SealedLinks? Links { get; }

    public DateTimeOffset Now => _clock.GetUtcNow();

    public IReadOnlyList<string> Operators => _settings.Operators;

    public Task Send(Mail mail, string address, Account? account, CancellationToken ct)
    {
        // Whoever gives a stranger's address for his own chose the name too: it would be his text in our mail.
        var name = account is { EmailConfirmedAt: not null } && account.Email == address ? account.Name : null;
        var values = new Dictionary<string, string>(mail.Values) { ["name"] = name ?? address, ["shop"] = _settings.From!.Name is { Length: > 0 } shop ? shop : _settings.From.Domain };
        if (mail.Link is { } link) values["link"] = (Links ?? throw new InvalidOperationException($"Mail {mail.Id} has a link, but this host does not know where browsers reach the shop: set Users:Mail:Links, and name clients in Users:Clients.")).Open(link);
        var (subject, text) = _templates.Fill(account?.Language ?? _settings.Language, mail.Template, values);
        return _port.Send(new Letter(mail.Id, address, MailTemplates.OneLine(name ?? ""), subject, text, mail.DecidedAt), ct);
    }
}
