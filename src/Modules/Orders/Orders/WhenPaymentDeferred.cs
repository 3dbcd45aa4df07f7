using Billing.Contracts;
using Marten;
using Orders.Contracts;
using Shared.Kernel;

namespace Orders;

/// <summary>The customer pays on invoice: the order is confirmed without its money, as soon as its stock is set aside.</summary>
public static class WhenPaymentDeferred
{
    // Twice: what is deferred stays so. Early: it is kept until the stock is reserved. Late, after the money: nothing is owed. Late, after a cancellation: noted in its history.
    public static async Task Handle(PaymentDeferred deferred, IDocumentSession db, Outbox outbox, CancellationToken ct)
    {
        var order = await db.FetchOrder(deferred.OrderId, ct);
        var now = order.Aggregate!;

        var facts = now.DeferPayment(deferred.Amount, deferred.Currency, deferred.DueOn);
        order.AppendMany(facts);
        if (facts.OfType<Order.Confirmed>().Any()) await outbox.Publish(new OrderConfirmed(now.Id, now.CustomerId, now.Lines, now.Country, now.To));
    }
}
