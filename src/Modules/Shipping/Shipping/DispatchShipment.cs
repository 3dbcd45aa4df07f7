using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;
using Shipping.Contracts;

namespace Shipping;

/// <summary>The parcel is handed to the courier: from here its order cannot be cancelled.</summary>
internal static class DispatchShipment
{
    public sealed record Body(string? TrackingNumber = null);

    public sealed record Answer(Guid OrderId, string State, string TrackingNumber, DateTimeOffset DispatchedAt);

    public sealed record Command(Guid OrderId, string? TrackingNumber) : ICommand<Answer>, IValidated
    {
        public void Validate(Rules rules)
        {
            if (TrackingNumber is not null) rules.Text(TrackingNumber, "trackingNumber", most: 64);
        }
    }

    // Takes no idempotency key: what is dispatched stays dispatched, and says so again.
    public static void Map(IEndpointRouteBuilder shipping) => shipping
        .MapPost("/shipments/{orderId:guid}/dispatch", async (Guid orderId, Body? body, ISender sender, CancellationToken ct) =>
            TypedResults.Ok(await sender.Send(new Command(orderId, body?.TrackingNumber), ct)))
        .ForOperators()
        .WithName("DispatchShipment")
        .WithSummary("Hands a parcel to the courier. Without a tracking number it gets one.");

    public sealed class Handler(IDocumentSession db, Outbox outbox, TimeProvider clock) : ICommandHandler<Command, Answer>
    {
        public async ValueTask<Answer> Handle(Command command, CancellationToken ct)
        {
            var shipment = await db.LoadAsync<Shipment>(command.OrderId, ct) ?? throw new NotFoundException($"shipment of order {command.OrderId}");

            if (shipment.Dispatch(command.TrackingNumber, clock.GetUtcNow()) is { } dispatched)
            {
                db.Store(shipment = dispatched);
                await outbox.Publish(new ShipmentDispatched(shipment.Id, shipment.TrackingNumber!));
            }

            return new Answer(shipment.Id, shipment.State, shipment.TrackingNumber!, shipment.DispatchedAt!.Value);
        }
    }
}
