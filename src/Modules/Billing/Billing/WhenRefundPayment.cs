using Billing.Contracts;
using Marten;
using Shared.Kernel;

namespace Billing;

/// <summary>The order was cancelled after the money was taken: the provider is to give back what no other refund does.</summary>
public sealed record RefundPayment(Guid OrderId);

/// <summary>The provider is asked, and what it did is kept, booked and told.</summary>
public static class WhenRefundPayment
{
    // Twice: of a payment that is being refunded the rest is left once, and the provider, asked again, gives nothing back a second time. No transaction is open while it is asked.
    public static async Task Handle(
        RefundPayment refund, IDocumentSession db, Outbox outbox, PaymentProviders providers, InvoiceSettings invoices, TimeProvider clock, CancellationToken ct)
    {
        var payment = await db.FindPayment(refund.OrderId, ct);
        if (payment.State != PaymentState.Refunding) return;

        var rest = payment.Rest(clock.GetUtcNow());
        if (rest.Amount == 0)
        {
            db.Keep(payment.Settle());
            return;
        }

        if (await providers.Of(payment).Refund(payment.Ask(rest), ct) is RefundByHand)
        {
            db.Keep(payment.Await(rest));
            db.OpenTransfer(payment, rest);
            return;
        }

        db.Keep(payment.Make(rest));
        db.PostRefund(payment.Id, rest, payment.Currency, clock.GetUtcNow());
        await db.IssueCreditNote(payment, rest, invoices, clock.GetUtcNow(), ct);
        await outbox.Publish(new PaymentRefunded(payment.Id, rest.Amount, payment.Currency, rest.Id));
    }
}
