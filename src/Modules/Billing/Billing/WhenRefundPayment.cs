using Billing.Contracts;
using Marten;
using Shared.Kernel;

namespace Billing;

/// <summary>The order was cancelled after the money was taken: the provider is to give it back.</summary>
public sealed record RefundPayment(Guid OrderId);

/// <summary>The provider is asked, and what it did is kept, booked and told.</summary>
public static class WhenRefundPayment
{
    // Twice: only a payment that is being refunded is, and the provider, asked again, gives nothing back a second time. No transaction is open while it is asked.
    public static async Task Handle(RefundPayment refund, IDocumentSession db, Outbox outbox, IPaymentProvider provider, TimeProvider clock, CancellationToken ct)
    {
        var payment = await db.FindPayment(refund.OrderId, ct);
        if (payment.State != PaymentState.Refunding) return;

        await provider.Refund(payment.Id, payment.Captured, ct);

        payment = payment.Refund();
        db.Keep(payment);
        db.PostRefund(payment.Id, payment.Refunded, payment.Currency, clock.GetUtcNow());
        await outbox.Publish(new PaymentRefunded(payment.Id, payment.Refunded, payment.Currency));
    }
}
