using Marten;
using Shared.Kernel;
using Weasel.Postgresql.Tables;

namespace Inventory;

/// <summary>What comes of one counted row.</summary>
/// <param name="Difference">How many more, or fewer, were counted than the book has.</param>
/// <param name="Reason">Why it is refused.</param>
internal sealed record Finding(string Outcome, long Difference = 0, string? Reason = null);

/// <summary>A count of what is in the house, compared row by row with the book. What is set aside is in the house too, and stays set aside.</summary>
internal static class Stocktake
{
    public const string Waiting = "waiting", Corrected = "corrected", Unchanged = "unchanged", Refused = "refused";

    public static IReadOnlyList<string> Outcomes { get; } = [Waiting, Corrected, Unchanged, Refused];

    /// <param name="stock">As it is while its row is locked: what moved after the file was sent, also while it is worked through, is in it. Null: the product never came.</param>
    public static Finding Compare(Stock? stock, long counted) => stock switch
    {
        null => new Finding(Refused, Reason: "sku never came into the house: book its delivery as a receipt first"),
        _ when counted < stock.Reserved => new Finding(Refused,
            Reason: $"counted must be {stock.Reserved} or more, which are set aside for orders: {counted} was read; count again, or cancel orders first"),
        _ when counted == stock.OnHand + stock.Reserved => new Finding(Unchanged),
        _ => new Finding(Corrected, counted - stock.OnHand - stock.Reserved),
    };
}

internal static class StocktakeRows
{
    public static IEnumerable<Table> Tables(string schema)
    {
        var stocktakes = new Table($"{schema}.stocktakes");
        stocktakes.AddColumn("id", "uuid").AsPrimaryKey();
        stocktakes.AddColumn("at", "timestamptz").NotNull();
        stocktakes.AddColumn("done_at", "timestamptz");

        var rows = new Table($"{schema}.stocktake_rows");
        rows.AddColumn("stocktake_id", "uuid").AsPrimaryKey();
        rows.AddColumn("number", "int").AsPrimaryKey();
        rows.AddColumn("sku", "text").NotNull();
        rows.AddColumn("counted", "bigint").NotNull();
        rows.AddColumn("note", "text");
        rows.AddColumn("outcome", "text").NotNull();
        rows.AddColumn("difference", "bigint").NotNull();
        rows.AddColumn("reason", "text");
        rows.CheckConstraints.Add(new("stocktake_rows_outcome_known", "outcome = any (array['waiting', 'corrected', 'unchanged', 'refused'])"));
        return [stocktakes, rows];
    }

    public static void StartStocktake(this IDocumentSession db, Guid id, IReadOnlyList<CountedRow> rows, DateTimeOffset at)
    {
        db.QueueSqlCommand("insert into stocktakes (id, at) values (?, ?)", id, at);
        db.QueueSqlCommand("""
            insert into stocktake_rows (stocktake_id, number, sku, counted, note, reason, outcome, difference)
            select ?, number, sku, counted, note, reason, case when reason is null then 'waiting' else 'refused' end, 0
            from unnest(?, ?, ?, ?, ?) as row (number, sku, counted, note, reason)
            """,
            id, rows.Select(row => row.Number).ToArray(), rows.Select(row => row.Sku).ToArray(), rows.Select(row => row.Counted).ToArray(),
            rows.Select(row => row.Note).ToArray(), rows.Select(row => row.Reason).ToArray());
    }

    /// <summary>Rows that wait, in the order of the file, locked until commit.</summary>
    public static async Task<IReadOnlyList<CountedRow>> LockWaitingRows(this IDocumentSession db, Guid stocktake, int after, int most, CancellationToken ct)
    {
        await db.BeginTransactionAsync(ct);
        return await db.Read(
            "select number, sku, counted, note from stocktake_rows where stocktake_id = $1 and number > $2 and outcome = 'waiting' order by number limit $3 for update",
            [stocktake, after, most], row => new CountedRow(row.GetInt32(0), row.GetString(1), row.GetInt64(2), row.IsDBNull(3) ? null : row.GetString(3)), ct);
    }

    public static void KeepFindings(this IDocumentSession db, Guid stocktake, IReadOnlyList<(CountedRow Row, Finding Finding)> found) => db.QueueSqlCommand("""
        update stocktake_rows set outcome = found.outcome, difference = found.difference, reason = found.reason
        from unnest(?, ?, ?, ?) as found (number, outcome, difference, reason)
        where stocktake_rows.stocktake_id = ? and stocktake_rows.number = found.number
        """,
        found.Select(one => one.Row.Number).ToArray(), found.Select(one => one.Finding.Outcome).ToArray(), found.Select(one => one.Finding.Difference).ToArray(),
        found.Select(one => one.Finding.Reason).ToArray(), stocktake);
}
