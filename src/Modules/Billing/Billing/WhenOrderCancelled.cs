using Marten;
using Orders.Contracts;
using Shared.Kernel;

namespace Billing;

/// <summary>No money is taken for a cancelled order, and what was taken is given back.</summary>
public static class WhenOrderCancelled
{
    // Twice: a cancelled one is left as it is. Early: the payment is void before the order is known.
    // While the money is being taken: remembered, and the capture's end goes on to the refund.
    // Owed on invoice: all of it is credited, and no money moves.
    public static async Task Handle(OrderCancelled cancelled, IDocumentSession db, Outbox outbox, InvoiceSettings invoices, TimeProvider clock, CancellationToken ct)
    {
        var payment = await db.FindPayment(cancelled.OrderId, ct);
        if (payment.Cancelled) return;

        payment = payment.Cancel();
        if (payment.State == PaymentState.Owed)
        {
            await db.Credit(payment, payment.Unpaid(clock.GetUtcNow()), invoices, clock.GetUtcNow(), ct);
            return;
        }

        db.Keep(payment);
        if (payment.State == PaymentState.Refunding) await outbox.Later(new RefundPayment(payment.Id));
    }
}
