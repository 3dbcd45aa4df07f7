using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;
using Shipping.Contracts;

namespace Shipping;

/// <summary>The courier reports that the parcel has arrived.</summary>
internal static class DeliverShipment
{
    public sealed record Answer(Guid OrderId, string State, string TrackingNumber, DateTimeOffset DeliveredAt);

    public sealed record Command(Guid OrderId) : ICommand<Answer>;

    // Takes no idempotency key: what is delivered stays delivered, and says so again.
    public static void Map(IEndpointRouteBuilder shipping) => shipping
        .MapPost("/shipments/{orderId:guid}/deliver", async (Guid orderId, ISender sender, CancellationToken ct) =>
            TypedResults.Ok(await sender.Send(new Command(orderId), ct)))
        .ForOperators()
        .WithName("DeliverShipment")
        .WithSummary("Notes that a parcel has arrived.");

    public sealed class Handler(IDocumentSession db, Outbox outbox, TimeProvider clock) : ICommandHandler<Command, Answer>
    {
        public async ValueTask<Answer> Handle(Command command, CancellationToken ct)
        {
            var shipment = await db.LoadAsync<Shipment>(command.OrderId, ct) ?? throw new NotFoundException($"shipment of order {command.OrderId}");

            if (shipment.Deliver(clock.GetUtcNow()) is { } delivered)
            {
                db.Store(shipment = delivered);
                await outbox.Publish(new ShipmentDelivered(shipment.Id));
            }

            return new Answer(shipment.Id, shipment.State, shipment.TrackingNumber!, shipment.DeliveredAt!.Value);
        }
    }
}
