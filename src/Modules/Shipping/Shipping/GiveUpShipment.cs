using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;
using Shipping.Contracts;

namespace Shipping;

/// <summary>What is still to be sent, after other parcels have left, cannot be: it is refunded as what is lost, and the shipment ends as its parcels do.</summary>
internal static class GiveUpShipment
{
    public sealed record Command(Guid OrderId) : ICommand<GetTracking.Answer>;

    // Takes no idempotency key: what is given up stays so, and says so again.
    public static void Map(IEndpointRouteBuilder shipping) => shipping
        .MapPost("/shipments/{orderId:guid}/give-up", async (Guid orderId, ISender sender, CancellationToken ct) =>
            TypedResults.Ok(await sender.Send(new Command(orderId), ct)))
        .ForOperators()
        .WithName("GiveUpShipment")
        .WithSummary("Gives up all that is still open of a shipment of which other parcels have left: it is refunded, and not sent any more.")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict);

    public sealed class Handler(IDocumentSession db, Outbox outbox, TimeProvider clock) : ICommandHandler<Command, GetTracking.Answer>
    {
        public async ValueTask<GetTracking.Answer> Handle(Command command, CancellationToken ct)
        {
            var shipment = await db.LoadAsync<Shipment>(command.OrderId, ct) ?? throw new NotFoundException($"shipment of order {command.OrderId}");
            var partId = Guid.CreateVersion7();

            if (shipment.GiveUpOpen(partId, clock.GetUtcNow()) is { } givenUp)
            {
                db.Store(shipment = givenUp);
                await outbox.Publish(shipment.NotSent(partId));
                if (shipment.State is ShipmentState.Lost) await outbox.Publish(new ShipmentLost(shipment.Id));
                if (shipment.State is ShipmentState.Delivered) await outbox.Publish(new ShipmentDelivered(shipment.Id));
            }

            return GetTracking.Answer.Of(shipment);
        }
    }
}
