using Marten;
using Orders.Contracts;
using Shared.Kernel;
using Shipping.Contracts;

namespace Orders;

/// <summary>One of the order's parcels will never arrive, and its goods are not sent again: their price is given back, and the order goes on without them.</summary>
public static class WhenParcelLost
{
    public static Task Handle(ParcelLost lost, IDocumentSession db, Outbox outbox, CancellationToken ct) => LostParts.Note(db, outbox, lost.OrderId, lost.ParcelId, lost.Lines, notSent: false, ct);
}

/// <summary>A part of the order cannot be sent: its price is given back as that of a lost one is.</summary>
public static class WhenPartDropped
{
    public static Task Handle(PartDropped notSent, IDocumentSession db, Outbox outbox, CancellationToken ct) => LostParts.Note(db, outbox, notSent.OrderId, notSent.PartId, notSent.Lines, notSent: true, ct);
}

internal static class LostParts
{
    // Twice: this part is noted already. Early, before a dispatch, or late, behind the order's end: noted all the same. Of a cancelled order everything is given back, and nothing more is told.
    public static async Task Note(IDocumentSession db, Outbox outbox, Guid orderId, Guid partId, IReadOnlyList<ParcelLine> lines, bool notSent, CancellationToken ct)
    {
        var order = await db.FetchOrder(orderId, ct);
        if (order.Aggregate!.LoseParcel(partId, [.. lines.Select(line => new SentLine(line.Sku, line.Quantity))], notSent) is not { } fact) return;

        order.AppendOne(fact);
        if (order.Aggregate.Status != OrderStatus.Cancelled && fact.Amount > 0) await outbox.Publish(new OrderPartLost(orderId, partId, fact.Amount, fact.Currency, notSent));
    }
}
