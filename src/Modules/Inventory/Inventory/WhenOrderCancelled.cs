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
        // Its dispatch takes the goods out of the house, before or after this: nothing comes back.
        if (cancelled.Reason == OrderCancelled.ShipmentLost) return;

        var now = clock.GetUtcNow();
        var state = await db.StartReservation(cancelled.OrderId, Reservation.Cancelled, now, ct);
        if (state is null || !Reservation.IsReleasedFrom(state)) return;

        db.MarkReservation(cancelled.OrderId, Reservation.Released, now);
        db.Move(Movement.Released, await db.ReservedLines(cancelled.OrderId, ct), now, orderId: cancelled.OrderId);
        await outbox.Publish(new StockReleased(cancelled.OrderId));
    }
}
