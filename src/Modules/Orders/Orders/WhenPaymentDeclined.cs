using Billing.Contracts;
using Marten;
using Orders.Contracts;
using Shared.Kernel;

namespace Orders;

/// <summary>The money is not to be had: the order is cancelled.</summary>
public static class WhenPaymentDeclined
{
    // Twice or late: a cancelled order is not cancelled again. Early: the reservation that comes after it is released because the order is cancelled.
    public static async Task Handle(PaymentDeclined declined, IDocumentSession db, Outbox outbox, CancellationToken ct)
    {
        var order = await db.FetchOrder(declined.OrderId, ct);
        if (order.Aggregate!.DeclinePayment(declined.Reason) is not { } cancelled) return;

        order.AppendOne(cancelled);
        await outbox.Publish(new OrderCancelled(declined.OrderId, cancelled.Reason));
    }
}
