using Marten;
using Orders.Contracts;
using Shared.Kernel;

namespace Billing;

/// <summary>A part of the order will not arrive: its price is given back, or is owed no more; the order stands.</summary>
public static class WhenOrderPartLost
{
    // Twice: the part's id is its refund's, and that is there. Of a cancelled order everything is given back anyhow. What operators gave back already is not given back again: at most what is left is.
    public static async Task Handle(OrderPartLost lost, IDocumentSession db, Outbox outbox, InvoiceSettings invoices, TimeProvider clock, CancellationToken ct)
    {
        var payment = await db.LoadAsync<Payment>(lost.OrderId, ct) ?? throw new NotFoundException($"payment for order {lost.OrderId}, a part of which was lost");
        if (payment.Cancelled || payment.Refunds.Any(refund => refund.Id == lost.PartId)) return;

        var isOwed = payment.State == PaymentState.Owed;
        var amount = Math.Min(lost.Amount, isOwed ? payment.Owed : payment.Refundable);
        if (amount == 0 && payment.State == PaymentState.Captured) return;

        var refund = new Refund(lost.PartId, amount, lost.NotSent ? "A part could not be sent." : "A parcel was lost on its way.", clock.GetUtcNow());
        if (isOwed)
        {
            await db.Credit(payment, refund, invoices, clock.GetUtcNow(), ct);
            return;
        }

        db.Keep(payment.AskRefund(refund));
        await outbox.Later(new MakeRefund(payment.Id, refund.Id));
    }
}
