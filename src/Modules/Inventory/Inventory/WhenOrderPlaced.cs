using Inventory.Contracts;
using Marten;
using Orders.Contracts;
using Shared.Kernel;

namespace Inventory;

/// <summary>An order's lines are set aside, all of them or none.</summary>
public static class WhenOrderPlaced
{
    // Twice, or after the order's cancellation: its reservation is there already, and nothing happens.
    public static async Task Handle(OrderPlaced placed, IDocumentSession db, Outbox outbox, LowStock low, TimeProvider clock, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (await db.StartReservation(placed.OrderId, Reservation.Reserved, now, ct) is not null) return;

        var wanted = Reservation.Sum(placed.Lines);
        var stock = await db.LockStock(wanted.Select(line => line.Sku), ct);

        if (Reservation.WhyNot(wanted, stock) is { } reason)
        {
            db.MarkReservation(placed.OrderId, Reservation.Rejected, now);
            await outbox.Publish(new StockRejected(placed.OrderId, reason));
            return;
        }

        db.QueueSqlCommand("insert into reservation_lines (order_id, sku, quantity) select ?, line.sku, line.quantity from unnest(?, ?) as line (sku, quantity)",
            placed.OrderId, wanted.Select(line => line.Sku).ToArray(), wanted.Select(line => line.Quantity).ToArray());
        db.Move(Movement.Reserved, wanted, now, orderId: placed.OrderId);
        await outbox.Publish(new StockReserved(placed.OrderId));

        foreach (var line in wanted)
        {
            var (before, after) = (stock[line.Sku], stock[line.Sku].SetAside(line.Quantity));
            if (low.IsCrossed(before, after)) await outbox.Publish(new StockLow(line.Sku, (int)after.OnHand));
        }
    }
}
