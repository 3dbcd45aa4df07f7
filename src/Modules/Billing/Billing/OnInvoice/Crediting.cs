using Marten;

namespace Billing;

/// <summary>What is owed becomes less by a credit note, and no money moves: whether an operator wants it or the order is cancelled.</summary>
internal static class Crediting
{
    public static async Task<Payment> Credit(this IDocumentSession db, Payment payment, Refund refund, InvoiceSettings invoices, DateTimeOffset at, CancellationToken ct)
    {
        var credited = payment.Credit(refund);

        db.Keep(credited);
        db.PostCredit(payment.Id, refund, payment.Currency, at);
        await db.IssueCreditNote(payment, refund, invoices, at, ct);
        db.KeepReceivable(credited);
        return credited;
    }
}
