using Billing.Contracts;
using Marten;
using Shared.Kernel;

namespace Billing;

/// <summary>The order and its stock are known: the provider is to take the money.</summary>
public sealed record CapturePayment(Guid OrderId);

/// <summary>The provider is asked, and what it did is kept, booked and told.</summary>
public static class WhenCapturePayment
{
    // Twice: only a payment that is being captured is; and if the process died between the provider's answer and our commit, the provider, asked again, gives the same answer.
    // No transaction is open while the provider is asked. A cancellation that comes meanwhile makes the commit lose its race: run again, the capture goes on to the refund.
    public static async Task Handle(
        CapturePayment capture, IDocumentSession db, Outbox outbox, PaymentProviders providers, InvoiceSettings invoices, TimeProvider clock, CancellationToken ct)
    {
        var payment = await db.FindPayment(capture.OrderId, ct);
        if (payment.State != PaymentState.Capturing) return;

        switch (await providers.Of(payment).Capture(payment.Id, payment.Total, payment.Currency, payment.Token, ct))
        {
            case CaptureTaken taken:
                var invoice = Invoice.Of(payment, invoices);
                payment = payment.Capture(taken.Reference);
                db.PostCapture(payment.Id, payment.Captured, payment.Currency, clock.GetUtcNow());
                db.Issue(InvoiceKind.Invoice, payment.Id, invoice, clock.GetUtcNow());
                await outbox.Publish(new PaymentCaptured(payment.Id, payment.Captured, payment.Currency));
                if (payment.State == PaymentState.Refunding) await outbox.Later(new RefundPayment(payment.Id));
                break;

            case CaptureDeferred { DueOn: var dueOn } when payment.Cancelled:
                payment = payment.Defer(dueOn);
                break;

            // On one customer's orders one after the other: together they owe no more than the most.
            case CaptureDeferred { DueOn: var dueOn, Most: var most }:
                if (await db.OwedBy(payment.CustomerId!.Value, payment.Currency, ct) is var owed && owed + payment.Total > most)
                {
                    var reason = $"At most {most:0.00##} {payment.Currency} can be owed on invoices at once, and {owed:0.00##} {payment.Currency} are owed already: choose another way to pay.";
                    payment = payment.Decline(reason);
                    await outbox.Publish(new PaymentDeclined(payment.Id, reason));
                    break;
                }

                var bill = Invoice.Of(payment, invoices) with { DueOn = dueOn };
                payment = payment.Defer(dueOn);
                db.PostSaleOnInvoice(payment.Id, payment.Owed, payment.Currency, clock.GetUtcNow());
                db.Issue(InvoiceKind.Invoice, payment.Id, bill, clock.GetUtcNow());
                db.OpenReceivable(payment, dueOn);
                await outbox.Publish(new PaymentDeferred(payment.Id, payment.Owed, payment.Currency, dueOn));
                break;

            case CaptureDeclined declined:
                payment = payment.Decline(declined.Reason);
                await outbox.Publish(new PaymentDeclined(payment.Id, declined.Reason));
                break;
        }

        db.Keep(payment);
    }
}
