using Inventory.Contracts;
using Marten;
using Orders.Contracts;
using Shared.Kernel;

namespace Orders;

/// <summary>An order that is not confirmed has held its stock for too long: it is cancelled, and that releases the stock.</summary>
public static class WhenReservationExpired
{
    // Twice or late: an order that is confirmed or over takes no notice. Before StockReserved: what expired was reserved, and a cancelled order ignores that it was.
    public static async Task Handle(ReservationExpired expired, IDocumentSession db, Outbox outbox, CancellationToken ct)
    {
        var order = await db.FetchOrder(expired.OrderId, ct);
        if (order.Aggregate!.ExpireReservation() is not { } cancelled) return;

        order.AppendOne(cancelled);
        await outbox.Publish(new OrderCancelled(expired.OrderId, cancelled.Reason));
    }
}
