using JasperFx.Events;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Aggregation;
using Shared.Kernel;

namespace Orders;

/// <summary>How an order's facts are stored, and its snapshot with them in the same transaction.</summary>
internal static class OrderHistory
{
    public static void Declare(StoreOptions store)
    {
        // The names are what is stored: a renamed class must not orphan a fact.
        store.Events.MapEventType<Order.Placed>("placed");
        store.Events.MapEventType<Order.StockReserved>("stock-reserved");
        store.Events.MapEventType<Order.PaymentCaptured>("payment-captured");
        store.Events.MapEventType<Order.PaymentDeferred>("payment-deferred");
        store.Events.MapEventType<Order.Confirmed>("confirmed");
        store.Events.MapEventType<Order.CancellationRequested>("cancellation-requested");
        store.Events.MapEventType<Order.CancellationRefused>("cancellation-refused");
        store.Events.MapEventType<Order.Cancelled>("cancelled");
        store.Events.MapEventType<Order.Dispatched>("dispatched");
        store.Events.MapEventType<Order.ParcelLost>("parcel-lost");
        store.Events.MapEventType<Order.Delivered>("delivered");
        store.Events.MapEventType<Order.Completed>("completed");
        store.Events.MapEventType<Order.PaymentRefunded>("payment-refunded");

        store.Projections.Add(new OrderSnapshot(), ProjectionLifecycle.Inline);
        // Each index goes on with the id, by which lists are ordered. The mask, since what is said of an index's columns here has no effect.
        store.Schema.For<Order>().DocumentAlias("order")
            .Duplicate(order => order.CustomerId, notNull: true, configure: index => index.Mask = "?, id")
            .Duplicate(order => order.Status, notNull: true, configure: index => index.Mask = "?, id")
            .IgnoreIndex(SkuIndex.Name);
        store.Storage.Add(new SkuIndex());
    }

    /// <summary>For reading by its customer or an operator.</summary>
    public static async Task<Order> FindOrder(this IQuerySession db, Guid id, Caller caller, CancellationToken ct)
    {
        var order = await db.LoadAsync<Order>(id, ct) ?? throw new NotFoundException($"order {id}");
        caller.MustOwn(order.CustomerId, $"order {id}");
        return order;
    }

    /// <summary>For appending: what is appended is refused on commit if somebody else appended since.</summary>
    public static async Task<IEventStream<Order>> FetchOrder(this IDocumentSession db, Guid id, CancellationToken ct)
    {
        // Marten refuses the empty id as a fault of the program's; here it is a caller's, of an order that is not there.
        var order = id == Guid.Empty ? null : await db.Events.FetchForWriting<Order>(id, ct);
        return order?.Aggregate is null ? throw new NotFoundException($"order {id}") : order;
    }
}

/// <summary>An explicit Evolve, since the conventional methods need a compiler or a generator.</summary>
internal sealed class OrderSnapshot : SingleStreamProjection<Order, Guid>
{
    public override Order? Evolve(Order? snapshot, Guid id, IEvent e) => e.Data is Order.Fact fact ? Order.After(snapshot, id, fact) : snapshot;
}
