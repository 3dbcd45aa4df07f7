using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;
using Shipping.Contracts;

namespace Shipping;

/// <summary>One parcel has arrived, an operator or the courier's program says: with the last of them its shipment has.</summary>
internal static class DeliverParcel
{
    public sealed record Command(Guid OrderId, Guid ParcelId) : ICommand<GetTracking.Answer>;

    // Takes no idempotency key: what is delivered stays delivered, and says so again.
    public static void Map(IEndpointRouteBuilder shipping) => shipping
        .MapPost("/shipments/{orderId:guid}/parcels/{parcelId:guid}/deliver", async (Guid orderId, Guid parcelId, ISender sender, CancellationToken ct) =>
            TypedResults.Ok(await sender.Send(new Command(orderId, parcelId), ct)))
        .ForOperators()
        .WithName("DeliverParcel")
        .WithSummary("Notes that one parcel has arrived.")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict);

    public sealed class Handler(IDocumentSession db, Outbox outbox, TimeProvider clock) : ICommandHandler<Command, GetTracking.Answer>
    {
        public async ValueTask<GetTracking.Answer> Handle(Command command, CancellationToken ct)
        {
            var shipment = await db.LoadAsync<Shipment>(command.OrderId, ct) ?? throw new NotFoundException($"shipment of order {command.OrderId}");

            if (shipment.DeliverParcel(command.ParcelId, clock.GetUtcNow()) is { } changed)
            {
                db.Store(changed);
                if (changed.State is ShipmentState.Delivered) await outbox.Publish(new ShipmentDelivered(changed.Id));
                shipment = changed;
            }

            return GetTracking.Answer.Of(shipment);
        }
    }
}
