using Marten;
using Orders.Contracts;
using Shared.Kernel;
using Shipping.Contracts;

namespace Shipping;

/// <summary>An order shall be called off: its parcel stays in the house if it is still there.</summary>
public static class WhenOrderCancellationRequested
{
    // Twice: what is stopped or dispatched stays so. Early: it is stopped before it is ready. Against a dispatch at the same time the shipment's version decides.
    public static async Task Handle(OrderCancellationRequested requested, IDocumentSession db, Outbox outbox, TimeProvider clock, CancellationToken ct)
    {
        var known = await db.LoadAsync<Shipment>(requested.OrderId, ct);

        var stopped = known is null ? Shipment.Stopped(requested.OrderId, clock.GetUtcNow()) : known.Stop(clock.GetUtcNow());
        if (stopped is null) return;

        db.Store(stopped);
        await outbox.Publish(new ShipmentStopped(requested.OrderId));
    }
}
