using Marten;
using Shared.Kernel;

namespace Users;

/// <summary>Who hears what operators hear: those whom the settings name, or all who have an account.</summary>
internal static class Operators
{
    private const int Most = 100;

    /// <summary>A mail to each of them.</summary>
    /// <param name="told">What it tells of: the same once more makes no second mail.</param>
    /// <param name="values">What stands in the mail to an address, or to an account's id; null: that one gets none.</param>
    public static async Task TellOperators(this IDocumentSession db, Outbox outbox, Mailing mailing, string template, string[] told, Func<string, Dictionary<string, string>?> values, CancellationToken ct)
    {
        var mails = new List<Mail>();
        foreach (var (account, address) in await Hearers(db, mailing, ct))
        {
            var who = address ?? account.ToString()!;
            if (values(who) is { } shown)
                mails.Add(new Mail { Id = Mail.IdOf([template, .. told, who]), AccountId = account, Address = address, Template = template, Values = shown, DecidedAt = mailing.Now });
        }

        var decided = (await db.LoadManyAsync<Mail>(ct, mails.Select(mail => mail.Id))).Select(mail => mail.Id).ToHashSet();
        foreach (var mail in mails.Where(mail => !decided.Contains(mail.Id)))
        {
            db.Insert(mail);
            await outbox.Later(new SendMail(mail.Id));
        }
    }

    private static async Task<IReadOnlyList<(Guid? AccountId, string? Address)>> Hearers(IQuerySession db, Mailing mailing, CancellationToken ct)
    {
        if (mailing.Operators.Count > 0) return [.. mailing.Operators.Select(address => ((Guid?)null, (string?)address))];

        var operators = await db.Query<Account>().Where(account => account.Role == Role.Operator).OrderBy(account => account.RegisteredAt).Take(Most).Select(account => account.Id).ToListAsync(ct);
        return [.. operators.Select(id => ((Guid?)id, (string?)null))];
    }
}
