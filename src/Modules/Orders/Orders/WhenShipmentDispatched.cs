using Marten;
using Shipping.Contracts;

namespace Orders;

/// <summary>A parcel is on its way: from the first one on the order cannot be cancelled, and a cancellation that was asked for came too late.</summary>
public static class WhenShipmentDispatched
{
    // Twice: this parcel is known already. Late: behind its delivery, or behind a later parcel, it is noted only.
    public static async Task Handle(ShipmentDispatched dispatched, IDocumentSession db, CancellationToken ct)
    {
        var order = await db.FetchOrder(dispatched.OrderId, ct);

        order.AppendMany(order.Aggregate!.Dispatch(new Order.Dispatched(dispatched.TrackingNumber, Lines(dispatched.Lines), Lines(dispatched.Open), dispatched.Part)));
    }

    private static IReadOnlyList<SentLine>? Lines(IReadOnlyList<ParcelLine>? told) => told is null ? null : [.. told.Select(line => new SentLine(line.Sku, line.Quantity))];
}
