using Marten;
using Orders.Contracts;

namespace Shipping;

/// <summary>An order can be sent: its parcel is ready.</summary>
public static class WhenOrderConfirmed
{
    // Twice: the shipment is there already. Late: behind a cancellation it is there as stopped, and stays so.
    public static async Task Handle(OrderConfirmed confirmed, IDocumentSession db, TimeProvider clock, CancellationToken ct)
    {
        if (await db.LoadAsync<Shipment>(confirmed.OrderId, ct) is not null) return;

        db.Store(Shipment.Ready(confirmed, clock.GetUtcNow()));
    }
}
