using Billing.Contracts;
using Marten;
using Orders.Contracts;
using Shared.Kernel;

namespace Orders;

/// <summary>The money is there: the order is confirmed, as soon as its stock is set aside.</summary>
public static class WhenPaymentCaptured
{
    // Twice: what is paid stays so. Early: it is kept until the stock is reserved. Late: noted in a cancelled order's history; Billing gives it back because it is cancelled.
    public static async Task Handle(PaymentCaptured captured, IDocumentSession db, Outbox outbox, CancellationToken ct)
    {
        var order = await db.FetchOrder(captured.OrderId, ct);
        var now = order.Aggregate!;

        var facts = now.CapturePayment(captured.Amount, captured.Currency);
        order.AppendMany(facts);
        if (facts.OfType<Order.Confirmed>().Any()) await outbox.Publish(new OrderConfirmed(now.Id, now.CustomerId, now.Lines, now.Country, now.To));
    }
}
