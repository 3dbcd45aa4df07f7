using System.Globalization;
using Inventory.Contracts;
using Marten;
using Shared.Kernel;

namespace Users;

/// <summary>Operators hear of it: those whom the settings name, or all who have an account.</summary>
public static class WhenStockLow
{
    private const int MostOperators = 100;

    // Twice: the event has no identity of its own, so the same product with the same count is told once a day.
    public static async Task Handle(StockLow low, IDocumentSession db, Outbox outbox, Mailing mailing, CancellationToken ct)
    {
        if (!mailing.IsOn) return;

        var available = low.Available.ToString(CultureInfo.InvariantCulture);
        var mails = (await Hearers(db, mailing, ct)).Select(to => new Mail
        {
            Id = Mail.IdOf("stock-low", low.Sku, available, mailing.Now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), to.Address ?? to.AccountId.ToString()!),
            AccountId = to.AccountId,
            Address = to.Address,
            Template = "stock-low",
            Values = new() { ["sku"] = low.Sku, ["available"] = available },
            DecidedAt = mailing.Now,
        }).ToArray();
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

        var operators = await db.Query<Account>().Where(account => account.Role == Role.Operator).OrderBy(account => account.RegisteredAt).Take(MostOperators).Select(account => account.Id).ToListAsync(ct);
        return [.. operators.Select(id => ((Guid?)id, (string?)null))];
    }
}
