using Marten;
using Orders.Contracts;
using Shared.Kernel;

namespace Billing;

/// <summary>Who pays how much, and by what: the money is taken once the stock is set aside too.</summary>
public static class WhenOrderPlaced
{
    // Twice: a placed one is left as it is. Late, after the stock was set aside: the capture begins here. Late, after the cancellation: the payment is void and stays so.
    public static async Task Handle(OrderPlaced placed, IDocumentSession db, Outbox outbox, PaymentProviders providers, CancellationToken ct)
    {
        var payment = await db.FindPayment(placed.OrderId, ct);
        if (payment.Placed) return;

        payment = payment.Place(placed, providers.For(placed.PaymentToken));
        db.Keep(payment);
        if (payment.State == PaymentState.Capturing) await outbox.Later(new CapturePayment(payment.Id));
    }
}
