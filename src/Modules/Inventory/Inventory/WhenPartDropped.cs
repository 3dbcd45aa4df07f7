using Marten;
using Shared.Kernel;
using Shipping.Contracts;

namespace Inventory;

/// <summary>
/// A part of an order will not be sent, since it cannot be: what was set aside for it is set aside no more, and not for sale either, or what is broken or missing would be sold a second time.
/// Who finds it good after all says so by a correction or a count.
/// </summary>
public static class WhenPartDropped
{
    // Twice: this part was heard of, or nothing is set aside any more. Early, before the parcels that left: each takes off what it holds.
    public static async Task Handle(PartDropped notSent, IDocumentSession db, TimeProvider clock, CancellationToken ct)
    {
        var (id, part, now) = (notSent.OrderId, notSent.PartId.ToString(), clock.GetUtcNow());
        var state = await db.LockReservation(id, ct) ?? throw new NotFoundException($"reservation for order {id}, a part of which is not sent");
        if (!Reservation.IsShippedFrom(state)) return;

        var lines = await db.ReservedLines(id, ct);
        if (await db.HasHeardOf(id, part, lines, ct)) return;

        var givenUp = Reservation.Gone(lines, notSent.Lines, notSent.Again);
        db.TakeOff(id, part, lines, givenUp, givenUp: true, now);
        db.Move(Movement.Released, givenUp, now, orderId: id);
        db.Move(Movement.Corrected, [.. givenUp.Select(line => line with { Quantity = -line.Quantity })], now, orderId: id, reference: "could not be sent");
    }
}
