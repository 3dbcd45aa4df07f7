using Shipping.Contracts;
using Marten;
using Orders.Contracts;
using Shared.Kernel;

namespace Orders;

/// <summary>The parcel stays in the house: the order is cancelled, as was asked for.</summary>
public static class WhenShipmentStopped
{
    // Twice: a cancelled order is not cancelled again. Early cannot be: Shipping stops only what is being cancelled here.
    public static async Task Handle(ShipmentStopped stopped, IDocumentSession db, Outbox outbox, CancellationToken ct)
    {
        var order = await db.FetchOrder(stopped.OrderId, ct);
        if (order.Aggregate!.StopShipment() is not { } cancelled) return;

        order.AppendOne(cancelled);
        await outbox.Publish(new OrderCancelled(stopped.OrderId, cancelled.Reason));
    }
}
