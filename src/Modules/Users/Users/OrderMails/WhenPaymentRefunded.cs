using System.Globalization;
using Billing.Contracts;
using Marten;
using Shared.Kernel;

namespace Users;

public static class WhenPaymentRefunded
{
    // A refund told before it said its id is known by its amount.
    public static Task Handle(PaymentRefunded refunded, IDocumentSession db, Outbox outbox, Mailing mailing, CancellationToken ct)
    {
        var amount = $"{refunded.Amount.ToString("0.00##", CultureInfo.InvariantCulture)} {refunded.Currency}";
        return db.TellCustomer(outbox, mailing, "payment-refunded", refunded.OrderId, new() { ["amount"] = amount }, ct, part: refunded.RefundId?.ToString() ?? amount);
    }
}
