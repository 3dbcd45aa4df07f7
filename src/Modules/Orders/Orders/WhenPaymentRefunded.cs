using Billing.Contracts;
using Marten;

namespace Orders;

/// <summary>The customer has money back: the order's history says so.</summary>
public static class WhenPaymentRefunded
{
    // Twice: the order's total is never noted as refunded twice over; a part's copy is refused by the inbox. Early or late: it changes no status.
    public static async Task Handle(PaymentRefunded refunded, IDocumentSession db, CancellationToken ct)
    {
        var order = await db.FetchOrder(refunded.OrderId, ct);

        if (order.Aggregate!.Refund(refunded.Amount, refunded.Currency) is { } fact) order.AppendOne(fact);
    }
}
