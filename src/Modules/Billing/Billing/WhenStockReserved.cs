using Inventory.Contracts;
using Marten;
using Shared.Kernel;

namespace Billing;

/// <summary>The goods are set aside: the money can be taken once the order is known too.</summary>
public static class WhenStockReserved
{
    // Twice: a reserved one is left as it is. Early, before the order is known: remembered. Late, after the cancellation: the payment is void and stays so.
    public static async Task Handle(StockReserved reserved, IDocumentSession db, Outbox outbox, CancellationToken ct)
    {
        var payment = await db.FindPayment(reserved.OrderId, ct);
        if (payment.Reserved) return;

        payment = payment.Reserve();
        db.Keep(payment);
        if (payment.State == PaymentState.Capturing) await outbox.Later(new CapturePayment(payment.Id));
    }
}
