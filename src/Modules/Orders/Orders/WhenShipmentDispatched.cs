using Marten;
using Shipping.Contracts;

namespace Orders;

/// <summary>The parcel is on its way: from here the order cannot be cancelled, and a cancellation that was asked for came too late.</summary>
public static class WhenShipmentDispatched
{
    // Twice: it is dispatched already. Late: behind its delivery it adds the tracking number only.
    public static async Task Handle(ShipmentDispatched dispatched, IDocumentSession db, CancellationToken ct)
    {
        var order = await db.FetchOrder(dispatched.OrderId, ct);

        order.AppendMany(order.Aggregate!.Dispatch(dispatched.TrackingNumber));
    }
}
