using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orders.Contracts;
using Shared.Kernel;

namespace Orders;

/// <summary>An order as it is now, for its customer or an operator.</summary>
internal static class GetOrder
{
    public sealed record Answer(Guid Id, Guid CustomerId, string Status, IReadOnlyList<OrderLine> Lines, string? Country, DeliveryAddress? To, decimal Shipping, bool ShippingEstimated,
        decimal Total, decimal Refunded, string Currency,
        DateTimeOffset PlacedAt, string? CancelReason, string? CancelNote, string? TrackingNumber, long Version);

    public sealed record Query(Guid OrderId, Caller Caller) : IQuery<Answer>;

    public static void Map(IEndpointRouteBuilder orders) => orders
        .MapGet("/{orderId:guid}", async (Guid orderId, Caller caller, HttpResponse response, ISender sender, CancellationToken ct) =>
        {
            var order = await sender.Send(new Query(orderId, caller), ct);
            response.Headers.ETag = $"\"{order.Version}\"";
            return TypedResults.Ok(order);
        })
        .ForCustomers()
        .WithName("GetOrder")
        .WithSummary("An order as it is now. ETag: its version, the number of facts in its history.");

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, Answer>
    {
        public async ValueTask<Answer> Handle(Query query, CancellationToken ct)
        {
            var order = await db.FindOrder(query.OrderId, query.Caller, ct);

            return new Answer(order.Id, order.CustomerId, order.Status, order.Lines, order.Country, order.To, order.Shipping, order.ShippingEstimated,
                order.Total, order.Refunded, order.Currency,
                order.PlacedAt, order.CancelReason, order.CancelNote, order.TrackingNumber, order.Version);
        }
    }
}
