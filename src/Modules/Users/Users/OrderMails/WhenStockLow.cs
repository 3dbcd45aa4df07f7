using System.Globalization;
using Inventory.Contracts;
using Marten;
using Shared.Kernel;

namespace Users;

public static class WhenStockLow
{
    // Twice: the event has no identity of its own, so the same product with the same count is told once a day.
    public static async Task Handle(StockLow low, IDocumentSession db, Outbox outbox, Mailing mailing, CancellationToken ct)
    {
        if (!mailing.IsOn) return;

        var (available, today) = (low.Available.ToString(CultureInfo.InvariantCulture), mailing.Now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        await db.TellOperators(outbox, mailing, "stock-low", [low.Sku, available, today], _ => new() { ["sku"] = low.Sku, ["available"] = available }, ct);
    }
}
