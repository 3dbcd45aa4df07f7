using Inventory.Contracts;
using Marten;
using Orders.Contracts;
using Shared.Kernel;

namespace Orders;

/// <summary>Every line is set aside: the order waits for its money, or is confirmed if that came first.</summary>
public static class WhenStockReserved
{
    // Twice: what is reserved stays so. Late: a cancelled order takes no notice; Inventory releases because it is cancelled.
    public static async Task Handle(StockReserved reserved, IDocumentSession db, Outbox outbox, StepTimeouts timeouts, CancellationToken ct)
    {
        var order = await db.FetchOrder(reserved.OrderId, ct);
        var now = order.Aggregate!;

        var facts = now.ReserveStock();
        order.AppendMany(facts);
        if (facts.OfType<Order.Confirmed>().Any()) await outbox.Publish(new OrderConfirmed(now.Id, now.CustomerId, now.Lines, now.Country, now.To));
        else if (facts.Count > 0) await outbox.Later(new StepTimedOut(now.Id, OrderStep.Payment), timeouts.Payment);
    }
}
