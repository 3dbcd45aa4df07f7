using System.Security.Cryptography;
using Marten;
using Microsoft.AspNetCore.WebUtilities;
using Shared.Kernel;

namespace Users;

internal static class MailLink
{
    /// <summary>So many mails of a kind in a day, to an address and on behalf of an account.</summary>
    public const int MostADay = 5;

    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    // Who asks at the same moment, in whatever instance, is counted too. The account's first, by everybody.
    private const string TakeTurn = "select pg_advisory_xact_lock(hashtextextended('users.links ' || $1, 0)), pg_advisory_xact_lock(hashtextextended('users.links ' || $2, 0))";

    private const string Sent = "select at from account_links where kind = $1 and (account_id = $2 or email = $3) and at > $4";

    /// <summary>A mail with a link that is good once. False: not now, so that nobody is flooded; or this shop mails no links.</summary>
    public static async Task<bool> TryMailLink(this IDocumentSession db, Outbox outbox, Mailing mailing, LinkKind kind, Guid account, string email, CancellationToken ct)
    {
        if (mailing.Links is not { } links) return false;

        var now = mailing.Now;
        await db.BeginTransactionAsync(ct);
        await db.Read(TakeTurn, [account.ToString(), email], row => true, ct);
        var sent = await db.Read(Sent, [kind.Name, account, email, now - Links.CountedFor], row => row.GetFieldValue<DateTimeOffset>(0), ct);
        if (sent.Count >= MostADay || sent.Any(at => at > now - Pause)) return false;

        var secret = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        db.QueueSqlCommand("insert into account_links (hash, kind, account_id, email, at, until) values (?, ?, ?, ?, ?, ?)", Links.Hash(secret), kind.Name, account, email, now, now + kind.Lifetime);
        await db.TellAccount(outbox, mailing, kind.Name, account, email, [], links.Close($"{kind.Page}?secret={secret}"));
        return true;
    }

    /// <summary>A mail about an account to whom it belongs; none where there are no mails.</summary>
    /// <param name="link">Sealed, if the mail has one.</param>
    public static async Task TellAccount(this IDocumentSession db, Outbox outbox, Mailing mailing, string template, Guid account, string email, Dictionary<string, string> values, string? link = null)
    {
        if (!mailing.IsOn) return;

        var mail = new Mail { Id = Guid.CreateVersion7(), AccountId = account, Address = email, Template = template, Values = values, Link = link, DecidedAt = mailing.Now };
        db.Insert(mail);
        await outbox.Later(new SendMail(mail.Id));
    }
}
