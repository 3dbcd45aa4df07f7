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
        CapturePayment capture, IDocumentSession db, Outbox outbox, IPaymentProvider provider, InvoiceSettings invoices, TimeProvider clock, CancellationToken ct)
    {
        var payment = await db.FindPayment(capture.OrderId, ct);
        if (payment.State != PaymentState.Capturing) return;

        switch (await provider.Capture(payment.Id, payment.Total, payment.Currency, payment.Token, ct))
        {
            case CaptureTaken taken:
                var invoice = Invoice.Of(payment, invoices);
                payment = payment.Capture(taken.Reference);
                db.PostCapture(payment.Id, payment.Captured, payment.Currency, clock.GetUtcNow());
                db.Issue(InvoiceKind.Invoice, payment.Id, invoice, clock.GetUtcNow());
                await outbox.Publish(new PaymentCaptured(payment.Id, payment.Captured, payment.Currency));
                if (payment.State == PaymentState.Refunding) await outbox.Later(new RefundPayment(payment.Id));
                break;

            case CaptureDeclined declined:
                payment = payment.Decline(declined.Reason);
                await outbox.Publish(new PaymentDeclined(payment.Id, declined.Reason));
                break;
        }

        db.Keep(payment);
    }
}
