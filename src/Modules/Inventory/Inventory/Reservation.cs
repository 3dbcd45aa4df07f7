using Marten;
using Orders.Contracts;
using Shared.Kernel;

namespace Inventory;

/// <summary>How many of one product an order, or a delivery, is about.</summary>
internal sealed record Line(string Sku, long Quantity);

/// <summary>
/// What is set aside for one order: reserved → released or shipped. Rejected is an end; so is cancelled, said of an order that was called off before it was known here.
/// </summary>
internal static class Reservation
{
    public const string Reserved = "reserved", Rejected = "rejected", Released = "released", Shipped = "shipped", Cancelled = "cancelled";

    private const int NamedAtMost = 3;

    /// <summary>A product may stand on several lines of an order; here it counts once.</summary>
    public static IReadOnlyList<Line> Sum(IEnumerable<OrderLine> lines) =>
        lines.GroupBy(line => line.Sku, (sku, same) => new Line(sku, same.Sum(line => (long)line.Quantity))).ToList();

    /// <summary>All or nothing: why the wanted cannot be set aside, or null if it can.</summary>
    public static string? WhyNot(IEnumerable<Line> wanted, IReadOnlyDictionary<string, Stock> stock)
    {
        var missing = wanted.Where(line => line.Quantity > OnHand(line)).Select(line => $"{line.Sku}: {line.Quantity} wanted, {OnHand(line)} left").ToList();

        return missing.Count == 0 ? null
            : string.Join("; ", missing.Take(NamedAtMost)) + (missing.Count > NamedAtMost ? $"; and {missing.Count - NamedAtMost} more." : ".");

        long OnHand(Line line) => stock.TryGetValue(line.Sku, out var found) ? found.OnHand : 0;
    }

    /// <summary>Whether the order's cancellation gives anything back.</summary>
    public static bool IsReleasedFrom(string state) => state switch
    {
        Reserved => true,
        Shipped => throw new RefusedException("reservation.shipped", "The goods have left the house: they come back as a receipt, not by cancelling."),
        _ => false,
    };

    /// <summary>Whether the shipment's dispatch takes anything out of the house.</summary>
    public static bool IsShippedFrom(string state) => state switch
    {
        Reserved => true,
        Shipped => false,
        _ => throw new InvalidOperationException($"A shipment was dispatched whose stock is {state}: only reserved stock can leave the house."),
    };
}

internal static class ReservationRows
{
    /// <summary>Starts the order's reservation and answers null; or answers, locked until commit, the state of the one that is there.</summary>
    public static async Task<string?> StartReservation(this IDocumentSession db, Guid orderId, string state, DateTimeOffset at, CancellationToken ct)
    {
        await db.BeginTransactionAsync(ct);

        // An order's placing and its cancellation may be handled at the same time: the second waits here for the first one's commit.
        var started = await db.Read("insert into reservations (order_id, state, at) values ($1, $2, $3) on conflict (order_id) do nothing returning state", [orderId, state, at],
            row => row.GetString(0), ct);
        return started.Count > 0 ? null : await db.LockReservation(orderId, ct);
    }

    public static async Task<string?> LockReservation(this IDocumentSession db, Guid orderId, CancellationToken ct)
    {
        await db.BeginTransactionAsync(ct);
        return (await db.Read("select state from reservations where order_id = $1 for update", [orderId], row => row.GetString(0), ct)).SingleOrDefault();
    }

    public static void MarkReservation(this IDocumentSession db, Guid orderId, string state, DateTimeOffset at) =>
        db.QueueSqlCommand("update reservations set state = ?, at = ? where order_id = ?", state, at, orderId);

    public static Task<IReadOnlyList<Line>> ReservedLines(this IQuerySession db, Guid orderId, CancellationToken ct) =>
        db.Read("select sku, quantity from reservation_lines where order_id = $1 order by sku", [orderId], row => new Line(row.GetString(0), row.GetInt64(1)), ct);
}
