using Marten;
using Orders.Contracts;
using Shared.Kernel;
using Shipping.Contracts;

namespace Inventory;

/// <summary>How many of one product an order, or a delivery, is about.</summary>
internal sealed record Line(string Sku, long Quantity);

/// <summary>One product of an order, and what became of what was set aside of it.</summary>
/// <param name="GivenUp">Never sent, and not for sale either.</param>
internal sealed record ReservedLine(string Sku, long Quantity, long Shipped = 0, long GivenUp = 0)
{
    public long Rest => Quantity - Shipped - GivenUp;
}

/// <summary>
/// What is set aside for one order: reserved → released or shipped, which it is when nothing is left of it. Rejected is an end; so is cancelled, said of an order that was called off before it was known here.
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

    /// <summary>What of the rest is told to have gone, whichever part of the order is heard of first; never more than the rest.</summary>
    /// <param name="told">Null: everything, as the version before says.</param>
    /// <param name="again">What of it was set aside for an earlier parcel, which was lost, and is gone already.</param>
    public static IReadOnlyList<Line> Gone(IEnumerable<ReservedLine> lines, IEnumerable<ParcelLine>? told, IEnumerable<ParcelLine>? again)
    {
        var (all, before) = (told?.ToLookup(line => line.Sku), (again ?? []).ToLookup(line => line.Sku));
        return [.. lines.Select(line => new Line(line.Sku, all is null ? line.Rest : Math.Min(Sum(all[line.Sku]) - Sum(before[line.Sku]), line.Rest))).Where(line => line.Quantity > 0)];

        static long Sum(IEnumerable<ParcelLine> lines) => lines.Sum(line => (long)line.Quantity);
    }

    /// <summary>Whether the order's cancellation gives anything back.</summary>
    public static bool IsReleasedFrom(string state, IEnumerable<ReservedLine> lines) => state switch
    {
        Shipped => throw HasLeft(),
        Reserved => lines.Any(line => line.Rest < line.Quantity) ? throw HasLeft() : true,
        _ => false,
    };

    private static RefusedException HasLeft() => new("reservation.shipped", "The goods have left the house: they come back as a receipt, not by cancelling.");

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

    /// <summary>The version before says by the state alone that a line is shipped.</summary>
    public static Task<IReadOnlyList<ReservedLine>> ReservedLines(this IQuerySession db, Guid orderId, CancellationToken ct) => db.Read("""
        select sku, quantity, coalesce(shipped, case state when 'shipped' then quantity else 0 end), coalesce(given_up, 0)
        from reservation_lines join reservations using (order_id) where order_id = $1 order by sku
        """, [orderId], row => new ReservedLine(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)), ct);

    // Most orders go at once: nothing was heard of those from which nothing is taken off.
    public static async Task<bool> HasHeardOf(this IQuerySession db, Guid orderId, string part, IEnumerable<ReservedLine> lines, CancellationToken ct) =>
        lines.Any(line => line.Rest < line.Quantity) && (await db.Read("select part from reservation_parts where order_id = $1 and part = $2", [orderId, part], row => row.GetString(0), ct)).Count > 0;

    /// <summary>Takes these off what is set aside; with the last of it the reservation is shipped. Until then the part is remembered, so that it is taken off once.</summary>
    public static void TakeOff(this IDocumentSession db, Guid orderId, string part, IReadOnlyList<ReservedLine> lines, IReadOnlyList<Line> gone, bool givenUp, DateTimeOffset at)
    {
        var column = givenUp ? "given_up" : "shipped";
        db.QueueSqlCommand($"""
            update reservation_lines set {column} = coalesce({column}, 0) + gone.quantity
            from unnest(?, ?) as gone (sku, quantity) where reservation_lines.order_id = ? and reservation_lines.sku = gone.sku
            """, gone.Select(line => line.Sku).ToArray(), gone.Select(line => line.Quantity).ToArray(), orderId);
        if (lines.Sum(line => line.Rest) == gone.Sum(line => line.Quantity)) db.MarkReservation(orderId, Reservation.Shipped, at);
        else db.QueueSqlCommand("insert into reservation_parts (order_id, part) values (?, ?) on conflict do nothing", orderId, part);
    }
}
