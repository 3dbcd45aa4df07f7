using Marten;
using Shared.Kernel;

namespace Shipping;

/// <summary>A parcel is packed: its courier is to take it.</summary>
public sealed record BookParcel(Guid OrderId, Guid ParcelId, string Courier);

/// <summary>The courier is asked, and its answer is kept and told. A parcel that is not wanted any more is called off.</summary>
public static class WhenBookParcel
{
    // Twice: only a parcel that is being booked is; and if the process died between the courier's answer and our commit, the courier, asked again, gives the same number.
    // No transaction is open while it is asked. Who stops the shipment meanwhile, or dispatches it by hand, makes the commit lose its race: run again, the parcel is called off.
    public static async Task Handle(BookParcel book, IDocumentSession db, Outbox outbox, Couriers couriers, TimeProvider clock, CancellationToken ct)
    {
        var shipment = await db.LoadAsync<Shipment>(book.OrderId, ct) ?? throw new NotFoundException($"shipment of order {book.OrderId}");
        var courier = couriers.Named(book.Courier);
        if (shipment.Parcels.FirstOrDefault(parcel => parcel.Id == book.ParcelId) is not { } parcel)
        {
            await courier.CallOff(book.ParcelId, ct);
            return;
        }

        if (parcel.State != ParcelState.Booking) return;

        switch (await courier.Book(parcel.Id, shipment, ct))
        {
            case ParcelBooked booked:
                var sent = shipment.Booked(parcel.Id, booked.TrackingNumber, clock.GetUtcNow());
                db.Store(sent);
                await outbox.Publish(sent.Dispatched(parcel.Id));
                break;

            case BookingDeclined declined:
                db.Store(shipment.Decline(parcel.Id, declined.Reason));
                break;
        }
    }
}
