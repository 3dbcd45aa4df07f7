using Inventory.Contracts;
using Marten;
using Orders.Contracts;
using Shared.Kernel;

namespace Orders;

/// <summary>The stock is not to be had: the order is cancelled.</summary>
public static class WhenStockRejected
{
    // Twice or late: a cancelled order is not cancelled again.
    public static async Task Handle(StockRejected rejected, IDocumentSession db, Outbox outbox, CancellationToken ct)
    {
        var order = await db.FetchOrder(rejected.OrderId, ct);
        if (order.Aggregate!.RejectStock(rejected.Reason) is not { } cancelled) return;

        order.AppendOne(cancelled);
        await outbox.Publish(new OrderCancelled(rejected.OrderId, cancelled.Reason));
    }
}
