using Marten;
using Orders.Contracts;
using Shared.Kernel;
using Shipping.Contracts;

namespace Orders;

/// <summary>One of the order's parcels will never arrive, and its goods are not sent again: their price is given back, and the order goes on without them.</summary>
public static class WhenParcelLost
{
    // Twice: this loss is noted already. Early, before its dispatch, or late, behind the order's end: noted all the same. Of a cancelled order everything is given back, and nothing more is told.
    public static async Task Handle(ParcelLost lost, IDocumentSession db, Outbox outbox, CancellationToken ct)
    {
        var order = await db.FetchOrder(lost.OrderId, ct);
        if (order.Aggregate!.LoseParcel(lost.ParcelId, [.. lost.Lines.Select(line => new SentLine(line.Sku, line.Quantity))]) is not { } fact) return;

        order.AppendOne(fact);
        if (order.Aggregate.Status != OrderStatus.Cancelled && fact.Amount > 0) await outbox.Publish(new OrderPartLost(lost.OrderId, lost.ParcelId, fact.Amount, fact.Currency));
    }
}
