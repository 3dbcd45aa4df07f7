using Inventory.Contracts;
using Marten;
using Shared.Kernel;

namespace Inventory;

/// <summary>The rows of a stock-taking after this one are to be compared with the book.</summary>
public sealed record StocktakeBatch(Guid StocktakeId, int AfterRow);

/// <summary>A batch of counted rows becomes corrections, in a transaction of its own: nobody waits longer for a product than that takes.</summary>
public static class WhenStocktakeGoesOn
{
    internal const int Batch = 500;

    // Twice: rows that are done do not wait, and what comes after them is asked for again, where it finds the same. A restart goes on with the batch that was not committed.
    public static async Task Handle(StocktakeBatch batch, IDocumentSession db, Outbox outbox, LowStock low, TimeProvider clock, CancellationToken ct)
    {
        var (id, now) = (batch.StocktakeId, clock.GetUtcNow());
        var rows = await db.LockWaitingRows(id, batch.AfterRow, Batch, ct);
        var stock = await db.LockStock(rows.Select(row => row.Sku), ct);

        var found = rows.Select(row => (Row: row, Finding: Stocktake.Compare(stock.GetValueOrDefault(row.Sku), row.Counted))).ToList();
        db.KeepFindings(id, found);

        var corrected = found.Where(one => one.Finding.Outcome == Stocktake.Corrected).ToList();
        db.Move(Movement.Corrected, corrected.Select(one => new Line(one.Row.Sku, one.Finding.Difference)).ToList(), now,
            references: corrected.Select(one => $"stock-taking {id}, row {one.Row.Number}" + (one.Row.Note is { } note ? $": {note}" : "")));
        foreach (var (row, finding) in corrected)
        {
            var (before, after) = (stock[row.Sku], stock[row.Sku].Correct(finding.Difference));
            if (low.IsCrossed(before, after)) await outbox.Publish(new StockLow(row.Sku, (int)after.OnHand));
        }

        if (rows.Count == Batch) await outbox.Later(new StocktakeBatch(id, rows[^1].Number));
        else db.QueueSqlCommand("update stocktakes set done_at = ? where id = ? and done_at is null", now, id);
    }
}
