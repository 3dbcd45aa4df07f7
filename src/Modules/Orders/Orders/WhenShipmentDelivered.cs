using Marten;
using Orders.Contracts;
using Shared.Kernel;
using Shipping.Contracts;

namespace Orders;

/// <summary>The parcel has arrived: the order is completed.</summary>
public static class WhenShipmentDelivered
{
    // Twice: it is completed already. Early: what is delivered was dispatched, so it is completed, and its dispatch is noted when that is told.
    public static async Task Handle(ShipmentDelivered delivered, IDocumentSession db, Outbox outbox, CancellationToken ct)
    {
        var order = await db.FetchOrder(delivered.OrderId, ct);

        var facts = order.Aggregate!.Deliver();
        order.AppendMany(facts);
        if (facts.Count > 0) await outbox.Publish(new OrderCompleted(delivered.OrderId));
    }
}
