using Billing.Contracts;
using Marten;
using Shared.Kernel;

namespace Billing;

/// <summary>An operator has asked for a part of the money to be given back: the provider is to do it.</summary>
public sealed record MakeRefund(Guid OrderId, Guid RefundId);

/// <summary>The provider is asked, and what it did is kept, booked and told.</summary>
public static class WhenMakeRefund
{
    // Twice: only a refund that is not made is, and the provider, asked again, gives nothing back a second time. No transaction is open while it is asked.
    // A cancellation that comes meanwhile takes only the rest; whoever loses the race for the payment's version is run again.
    public static async Task Handle(
        MakeRefund make, IDocumentSession db, Outbox outbox, PaymentProviders providers, InvoiceSettings invoices, TimeProvider clock, CancellationToken ct)
    {
        var payment = await db.FindPayment(make.OrderId, ct);
        if (payment.Refunds.SingleOrDefault(refund => refund.Id == make.RefundId) is not { Made: false } refund) return;

        if (await providers.Of(payment).Refund(payment.Ask(refund), ct) is RefundByHand)
        {
            // Kept though nothing changes: against an operator who records the transfer at the same moment, and closes what is opened here.
            db.Keep(payment);
            db.OpenTransfer(payment, refund);
            return;
        }

        db.Keep(payment.Make(refund));
        db.PostRefund(payment.Id, refund, payment.Currency, clock.GetUtcNow());
        await db.IssueCreditNote(payment, refund, invoices, clock.GetUtcNow(), ct);
        await outbox.Publish(new PaymentRefunded(payment.Id, refund.Amount, payment.Currency, refund.Id));
    }
}
