using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;
using Shipping.Contracts;

namespace Shipping;

/// <summary>A parcel is lost: the courier's program reports it, and an operator decides whether its goods are sent again or refunded.</summary>
internal static class LoseParcel
{
    public sealed record Body(string? Outcome = null, string? TrackingNumber = null);

    public sealed record Command(Guid OrderId, Guid ParcelId, string? Outcome, string? TrackingNumber) : ICommand<GetTracking.Answer>, IValidated
    {
        public void Validate(Rules rules)
        {
            rules.Require(Outcome is null or LossOutcome.Reship or LossOutcome.Refund, "outcome", $"must be {LossOutcome.Reship} or {LossOutcome.Refund}, or left out until it is decided");
            if (TrackingNumber is null) return;

            rules.Require(Outcome is LossOutcome.Reship, "trackingNumber", $"is the new parcel's: give it with the outcome {LossOutcome.Reship} only");
            rules.Text(TrackingNumber, "trackingNumber", most: Parcel.LongestNumber);
        }
    }

    // Takes no idempotency key: what is lost and decided stays so, and says so again.
    public static void Map(IEndpointRouteBuilder shipping) => shipping
        .MapPost("/shipments/{orderId:guid}/parcels/{parcelId:guid}/lost", async (Guid orderId, Guid parcelId, Body? body, ISender sender, CancellationToken ct) =>
            TypedResults.Ok(await sender.Send(new Command(orderId, parcelId, body?.Outcome, body?.TrackingNumber), ct)))
        .ForOperators()
        .WithExample(new Body(LossOutcome.Reship))
        .WithName("LoseParcel")
        .WithSummary("Notes that a parcel is lost, and what follows: reship sends its goods in a new parcel, refund gives its goods up, and the order if all of them are.")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict);

    public sealed class Handler(IDocumentSession db, Outbox outbox, Couriers couriers, TimeProvider clock) : ICommandHandler<Command, GetTracking.Answer>
    {
        public async ValueTask<GetTracking.Answer> Handle(Command command, CancellationToken ct)
        {
            var shipment = await db.LoadAsync<Shipment>(command.OrderId, ct) ?? throw new NotFoundException($"shipment of order {command.OrderId}");
            var now = clock.GetUtcNow();

            if (shipment.LoseParcel(command.ParcelId, command.Outcome, now) is { } lost)
            {
                shipment = lost;
                if (command.Outcome is LossOutcome.Reship)
                {
                    var (parcelId, courier) = (Guid.CreateVersion7(), couriers.For(command.TrackingNumber));
                    var number = command.TrackingNumber ?? courier.NumberOf(parcelId);
                    shipment = lost.Reship(command.ParcelId, parcelId, number, courier.Name, now);
                    if (number is null) await outbox.Later(new BookParcel(shipment.Id, parcelId, courier.Name));
                    else await outbox.Publish(shipment.Dispatched(parcelId));
                }

                if (shipment.State is ShipmentState.Lost) await outbox.Publish(new ShipmentLost(shipment.Id));
                else if (command.Outcome is LossOutcome.Refund) await outbox.Publish(shipment.GivenUp(command.ParcelId));
                // Nothing else was on its way: what has arrived is all that ever will.
                if (shipment.State is ShipmentState.Delivered) await outbox.Publish(new ShipmentDelivered(shipment.Id));
                db.Store(shipment);
            }

            return GetTracking.Answer.Of(shipment);
        }
    }
}
