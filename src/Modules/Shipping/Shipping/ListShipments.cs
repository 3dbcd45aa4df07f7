using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Shipping;

/// <summary>The shipments in a state, of the oldest order first: what is ready is sent in this order.</summary>
internal static class ListShipments
{
    public sealed record Item(Guid OrderId, Guid? CustomerId, string State, string? TrackingNumber);

    public sealed record Query(string? State, Guid? After, int Limit) : IQuery<Page<Item>>, IValidated
    {
        public void Validate(Rules rules)
        {
            rules.Require(State is null || ShipmentState.All.Contains(State), "state", $"must be one of {string.Join(", ", ShipmentState.All)}");
            rules.Require(Limit is >= 1 and <= Page<Item>.Most, "limit", $"must be 1 to {Page<Item>.Most}");
        }
    }

    public static void Map(IEndpointRouteBuilder shipping) => shipping
        .MapGet("/shipments", async (string? state, Guid? after, int? limit, ISender sender, CancellationToken ct) =>
            TypedResults.Ok(await sender.Send(new Query(state, after, limit ?? Page<Item>.Usual), ct)))
        .ForOperators()
        .WithName("ListShipments")
        .WithSummary("The shipments in a state, of the oldest order first.");

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, Page<Item>>
    {
        public async ValueTask<Page<Item>> Handle(Query query, CancellationToken ct)
        {
            // Orders' ids are made of the time, so the key's order is the time's.
            IQueryable<Shipment> shipments = db.Query<Shipment>();
            if (query.State is not null) shipments = shipments.Where(shipment => shipment.State == query.State);
            if (query.After is { } after) shipments = shipments.Where(shipment => shipment.Id > after);

            var found = await shipments.OrderBy(shipment => shipment.Id).Take(query.Limit + 1)
                .Select(shipment => new Item(shipment.Id, shipment.CustomerId, shipment.State, shipment.TrackingNumber))
                .ToListAsync(ct);
            return Page<Item>.From(found, query.Limit, item => $"{item.OrderId}");
        }
    }
}
