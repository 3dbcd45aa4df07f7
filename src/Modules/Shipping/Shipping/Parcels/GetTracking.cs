using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Shipping;

/// <summary>Where an order's parcels are, for its customer or an operator.</summary>
internal static class GetTracking
{
    public sealed record Item(Guid Id, string State, string Courier, string? TrackingNumber, string? Declined, IReadOnlyList<ShipmentLine> Lines,
        DateTimeOffset? DispatchedAt, DateTimeOffset? DeliveredAt, DateTimeOffset? LostAt, string? Outcome)
    {
        public static Item Of(Parcel parcel) => new(parcel.Id, parcel.State, parcel.Courier, parcel.TrackingNumber, parcel.Declined, parcel.Lines,
            parcel.DispatchedAt, parcel.DeliveredAt, parcel.LostAt, parcel.Outcome);
    }

    /// <param name="Open">What is still to be put into a parcel.</param>
    public sealed record Answer(Guid OrderId, string State, IReadOnlyList<Item> Parcels, IReadOnlyList<ShipmentLine> Open)
    {
        public static Answer Of(Shipment shipment) => new(shipment.Id, shipment.State, [.. shipment.AllParcels().Select(Item.Of)], shipment.Open());
    }

    public sealed record Query(Guid OrderId, Caller Caller) : IQuery<Answer>;

    public static void Map(IEndpointRouteBuilder shipping) => shipping
        .MapGet("/shipments/{orderId:guid}/tracking", async (Guid orderId, Caller caller, ISender sender, CancellationToken ct) =>
            TypedResults.Ok(await sender.Send(new Query(orderId, caller), ct)))
        .ForCustomers()
        .WithName("GetTracking")
        .WithSummary("An order's parcels: their state, tracking numbers and times, and what is in none yet.")
        .ProducesProblem(StatusCodes.Status404NotFound);

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, Answer>
    {
        public async ValueTask<Answer> Handle(Query query, CancellationToken ct)
        {
            var shipments = db.Query<Shipment>().Where(shipment => shipment.Id == query.OrderId);
            if (!query.Caller.IsOperator) shipments = shipments.Where(shipment => shipment.CustomerId == query.Caller.Id);

            return Answer.Of(await shipments.SingleOrDefaultAsync(ct) ?? throw new NotFoundException($"shipment of order {query.OrderId}"));
        }
    }
}
