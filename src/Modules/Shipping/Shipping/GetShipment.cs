using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Shipping;

/// <summary>An order's shipment as it is now, for its customer or an operator.</summary>
internal static class GetShipment
{
    public sealed record Answer(Guid OrderId, Guid? CustomerId, IReadOnlyList<ShipmentLine> Lines, string State, string? TrackingNumber,
        DateTimeOffset? ReadyAt, DateTimeOffset? DispatchedAt, DateTimeOffset? DeliveredAt, DateTimeOffset? StoppedAt,
        string? Country, Address? To, DateTimeOffset? LostAt);

    public sealed record Query(Guid OrderId, Caller Caller) : IQuery<Answer>;

    public static void Map(IEndpointRouteBuilder shipping) => shipping
        .MapGet("/shipments/{orderId:guid}", async (Guid orderId, Caller caller, ISender sender, CancellationToken ct) =>
            TypedResults.Ok(await sender.Send(new Query(orderId, caller), ct)))
        .ForCustomers()
        .WithName("GetShipment")
        .WithSummary("An order's shipment as it is now.");

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, Answer>
    {
        public async ValueTask<Answer> Handle(Query query, CancellationToken ct)
        {
            var shipment = await db.LoadAsync<Shipment>(query.OrderId, ct) ?? throw new NotFoundException($"shipment of order {query.OrderId}");
            query.Caller.MustOwn(shipment.CustomerId ?? Guid.Empty, $"shipment of order {query.OrderId}");

            return new Answer(shipment.Id, shipment.CustomerId, shipment.Lines, shipment.State, shipment.TrackingNumber,
                shipment.ReadyAt, shipment.DispatchedAt, shipment.DeliveredAt, shipment.StoppedAt, shipment.Country, shipment.To, shipment.LostAt);
        }
    }
}
