using Inventory.Contracts;
using Marten;
using Orders.Contracts;
using Shared.Kernel;

namespace Inventory;

/// <summary>What was set aside for a cancelled order can be sold again, unless it has left the house and was lost.</summary>
public static class WhenOrderCancelled
{
    // Twice: what is released stays released. Early: the order is remembered as cancelled, so that its placing, which comes later, sets nothing aside.
    public static async Task Handle(OrderCancelled cancelled, IDocumentSession db, Outbox outbox, TimeProvider clock, CancellationToken ct)
    {
        // Its parcels take the goods out of the house, before or after this, and its parts that were not sent are told by themselves: nothing comes back.
        if (cancelled.Reason == OrderCancelled.ShipmentLost) return;

        var now = clock.GetUtcNow();
        var state = await db.StartReservation(cancelled.OrderId, Reservation.Cancelled, now, ct);
        if (state is null) return;

        var lines = await db.ReservedLines(cancelled.OrderId, ct);
        if (!Reservation.IsReleasedFrom(state, lines)) return;

        db.MarkReservation(cancelled.OrderId, Reservation.Released, now);
        db.Move(Movement.Released, [.. lines.Select(line => new Line(line.Sku, line.Quantity))], now, orderId: cancelled.OrderId);
        await outbox.Publish(new StockReleased(cancelled.OrderId));
    }
}
