using System.Globalization;
using Marten;
using Shared.Kernel;
using Shipping.Contracts;

namespace Inventory;

/// <summary>A parcel has left the house, and with it what was set aside for what is in it; the rest of its order stays set aside.</summary>
public static class WhenShipmentDispatched
{
    // Twice: this parcel was heard of, or all is shipped. Whichever parcel is heard of first, each takes off what it holds. Early cannot be: dispatched implies confirmed, confirmed implies reserved, and
    // that was committed here. An order that is unknown or not reserved means lost data or a broken rule elsewhere: a loud fault, retried and then a dead letter, never skipped.
    public static async Task Handle(ShipmentDispatched dispatched, IDocumentSession db, TimeProvider clock, CancellationToken ct)
    {
        var (id, part, now) = (dispatched.OrderId, dispatched.Part.ToString(CultureInfo.InvariantCulture), clock.GetUtcNow());
        var state = await db.LockReservation(id, ct) ?? throw new NotFoundException($"reservation for order {id}, whose shipment was dispatched");
        if (!Reservation.IsShippedFrom(state)) return;

        var lines = await db.ReservedLines(id, ct);
        if (await db.HasHeardOf(id, part, lines, ct)) return;

        var gone = Reservation.Gone(lines, dispatched.Lines, dispatched.Again);
        db.TakeOff(id, part, lines, gone, givenUp: false, now);
        db.Move(Movement.Shipped, gone, now, orderId: id, reference: dispatched.TrackingNumber);
    }
}
