using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Shipping;

/// <summary>What is left is handed to the courier in one parcel: from here its order cannot be cancelled.</summary>
internal static class DispatchShipment
{
    public sealed record Body(string? TrackingNumber = null);

    /// <summary>Without tracking number and time while the courier is being asked.</summary>
    public sealed record Answer(Guid OrderId, string State, string? TrackingNumber, DateTimeOffset? DispatchedAt);

    public sealed record Command(Guid OrderId, string? TrackingNumber) : ICommand<Answer>, IValidated
    {
        public void Validate(Rules rules)
        {
            if (TrackingNumber is not null) rules.Text(TrackingNumber, "trackingNumber", most: Parcel.LongestNumber);
        }
    }

    // Takes no idempotency key: what is dispatched, or being booked, stays so and says so again.
    public static void Map(IEndpointRouteBuilder shipping) => shipping
        .MapPost("/shipments/{orderId:guid}/dispatch", async Task<Results<Ok<Answer>, Accepted<Answer>>> (Guid orderId, Body? body, ISender sender, CancellationToken ct) =>
        {
            var answer = await sender.Send(new Command(orderId, body?.TrackingNumber), ct);
            return answer.State is ShipmentState.Ready or ShipmentState.PartlyDispatched ? TypedResults.Accepted($"/v1/shipping/shipments/{orderId}/tracking", answer) : TypedResults.Ok(answer);
        })
        .ForOperators()
        .WithExample(new Body("1Z999AA10123456784"))
        .WithName("DispatchShipment")
        .WithSummary("Hands what is left to the courier. Without a tracking number the parcel gets one, or its courier is asked for one (202).");

    public sealed class Handler(IDocumentSession db, Outbox outbox, Couriers couriers, TimeProvider clock) : ICommandHandler<Command, Answer>
    {
        public async ValueTask<Answer> Handle(Command command, CancellationToken ct)
        {
            var shipment = await db.LoadAsync<Shipment>(command.OrderId, ct) ?? throw new NotFoundException($"shipment of order {command.OrderId}");
            var (parcelId, courier) = (Guid.CreateVersion7(), couriers.For(command.TrackingNumber));
            var number = command.TrackingNumber ?? courier.NumberOf(parcelId);

            if (shipment.Dispatch(parcelId, number, courier.Name, clock.GetUtcNow()) is { } sent)
            {
                db.Store(sent);
                if (number is null) await outbox.Later(new BookParcel(sent.Id, parcelId, courier.Name));
                else await outbox.Publish(sent.Dispatched(parcelId));
                shipment = sent;
            }

            return new Answer(shipment.Id, shipment.State, shipment.TrackingNumber, shipment.DispatchedAt);
        }
    }
}
