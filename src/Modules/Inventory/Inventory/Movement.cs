using Marten;

namespace Inventory;

/// <summary>One entry in the book of stock: the counters of <c>stock</c> are the sum of these.</summary>
internal static class Movement
{
    public const string Received = "received", Corrected = "corrected", Reserved = "reserved", Released = "released", Shipped = "shipped";

    public static IReadOnlyList<string> Kinds { get; } = [Received, Corrected, Reserved, Released, Shipped];

    private const string Upsert = """
        insert into stock (sku, on_hand, reserved, shipped, received, corrected)
        select line.sku, sum(line.quantity), 0, 0, sum(line.quantity), 0 from unnest(?, ?) as line (sku, quantity) group by line.sku order by line.sku
        on conflict (sku) do update set on_hand = stock.on_hand + excluded.on_hand, received = stock.received + excluded.received
        """;

    // Locked in the order of the skus before any is changed, for the reason given at LockStock.
    private const string Update = """
        with line as (
            select stock.sku, wanted.quantity from stock join unnest(?, ?) as wanted (sku, quantity) on wanted.sku = stock.sku
            order by stock.sku for update of stock)
        update stock set
        """;

    private const string Insert = """
        insert into movements (id, sku, kind, quantity, order_id, receipt_id, reference, at)
        select line.id, line.sku, ?, line.quantity, ?::uuid, ?::uuid, line.reference, ? from unnest(?, ?, ?, ?::text[]) as line (id, sku, quantity, reference)
        """;

    /// <summary>Queues the change of the counters and its entries in the book: never one without the other.</summary>
    /// <param name="references">One for each line, instead of one for all.</param>
    /// <returns>The entries' ids, in the order of the lines.</returns>
    public static IReadOnlyList<Guid> Move(this IDocumentSession db, string kind, IReadOnlyCollection<Line> lines, DateTimeOffset at,
        Guid? orderId = null, Guid? receiptId = null, string? reference = null, IEnumerable<string>? references = null)
    {
        var ids = lines.Select(_ => Guid.CreateVersion7(at)).ToArray();
        var skus = lines.Select(line => line.Sku).ToArray();
        var quantities = lines.Select(line => line.Quantity).ToArray();

        db.QueueSqlCommand(ChangeBy(kind), skus, quantities);
        db.QueueSqlCommand(Insert, kind, orderId!, receiptId!, at, ids, skus, quantities, (references ?? Enumerable.Repeat(reference, lines.Count)).ToArray());
        return ids;
    }

    private static string ChangeBy(string kind) => kind switch
    {
        Received => Upsert,
        Corrected => $"{Update} on_hand = on_hand + line.quantity, corrected = corrected + line.quantity from line where stock.sku = line.sku",
        Reserved => $"{Update} on_hand = on_hand - line.quantity, reserved = reserved + line.quantity from line where stock.sku = line.sku",
        Released => $"{Update} on_hand = on_hand + line.quantity, reserved = reserved - line.quantity from line where stock.sku = line.sku",
        Shipped => $"{Update} reserved = reserved - line.quantity, shipped = shipped + line.quantity from line where stock.sku = line.sku",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such kind of movement."),
    };
}
