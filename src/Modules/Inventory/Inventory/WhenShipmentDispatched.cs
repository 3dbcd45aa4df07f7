using Marten;
using Shared.Kernel;
using Shipping.Contracts;

namespace Inventory;

/// <summary>What was set aside for an order has left the house.</summary>
public static class WhenShipmentDispatched
{
    // Twice: what is shipped stays shipped. Early cannot be: dispatched implies confirmed, confirmed implies reserved, and that was committed here.
    // An order that is unknown or not reserved means lost data or a broken rule elsewhere: a loud fault, retried and then a dead letter, never skipped.
    public static async Task Handle(ShipmentDispatched dispatched, IDocumentSession db, TimeProvider clock, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var state = await db.LockReservation(dispatched.OrderId, ct) ?? throw new NotFoundException($"reservation for order {dispatched.OrderId}, whose shipment was dispatched");
        if (!Reservation.IsShippedFrom(state)) return;

        db.MarkReservation(dispatched.OrderId, Reservation.Shipped, now);
        db.Move(Movement.Shipped, await db.ReservedLines(dispatched.OrderId, ct), now, orderId: dispatched.OrderId, reference: dispatched.TrackingNumber);
    }
}
