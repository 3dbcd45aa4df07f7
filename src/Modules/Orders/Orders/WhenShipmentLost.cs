using Marten;
using Orders.Contracts;
using Shared.Kernel;
using Shipping.Contracts;

namespace Orders;

/// <summary>The parcel will never arrive: the order is cancelled, and that gives the money back.</summary>
public static class WhenShipmentLost
{
    // Twice: a lost order is not cancelled again. Early: what is lost was dispatched, so it is cancelled, and its dispatch is noted when that is told.
    public static async Task Handle(ShipmentLost lost, IDocumentSession db, Outbox outbox, CancellationToken ct)
    {
        var order = await db.FetchOrder(lost.OrderId, ct);

        var facts = order.Aggregate!.Lose();
        order.AppendMany(facts);
        if (facts.Count > 0) await outbox.Publish(new OrderCancelled(lost.OrderId, OrderCancelled.ShipmentLost));
    }
}
