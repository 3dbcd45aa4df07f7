using Marten;
using Orders.Contracts;
using Shared.Kernel;

namespace Billing;

/// <summary>No money is taken for a cancelled order, and what was taken is given back.</summary>
public static class WhenOrderCancelled
{
    // Twice: a cancelled one is left as it is. Early: the payment is void before the order is known.
    // While the money is being taken: remembered, and the capture's end goes on to the refund.
    public static async Task Handle(OrderCancelled cancelled, IDocumentSession db, Outbox outbox, CancellationToken ct)
    {
        var payment = await db.FindPayment(cancelled.OrderId, ct);
        if (payment.Cancelled) return;

        payment = payment.Cancel();
        db.Keep(payment);
        if (payment.State == PaymentState.Refunding) await outbox.Later(new RefundPayment(payment.Id));
    }
}
