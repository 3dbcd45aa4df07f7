using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Shipping;

/// <summary>A part of what is open is handed to the courier in a parcel of its own; the rest follows later. From the first parcel on the order cannot be cancelled.</summary>
internal static class DispatchParcel
{
    /// <param name="Lines">Left out: all that is open.</param>
    public sealed record Body(IReadOnlyList<ShipmentLine?>? Lines = null, string? TrackingNumber = null);

    /// <param name="Parcel">Without tracking number and time while the courier is being asked.</param>
    /// <param name="Open">What is still to be put into a parcel.</param>
    public sealed record Answer(Guid OrderId, string State, GetTracking.Item Parcel, IReadOnlyList<ShipmentLine> Open);

    public sealed record Command(Guid OrderId, IReadOnlyList<ShipmentLine?>? Lines, string? TrackingNumber) : ICommand<Answer>, IValidated
    {
        public void Validate(Rules rules)
        {
            if (TrackingNumber is not null) rules.Text(TrackingNumber, "trackingNumber", most: Parcel.LongestNumber);
            if (Lines is null || !rules.Require(Lines.Count is > 0 and <= 1_000, "lines", "must have 1 to 1,000 entries, or be left out for all that is open")) return;

            var seen = new HashSet<string>();
            for (var i = 0; i < Lines.Count; i++)
            {
                if (Lines[i] is not { } line)
                {
                    rules.Require(false, $"lines[{i}]", "must be given");
                    continue;
                }

                if (rules.Text(line.Sku, $"lines[{i}].sku", most: 64)) rules.Require(seen.Add(line.Sku), $"lines[{i}].sku", "must be named once in a parcel: add up the quantities");
                rules.Require(line.Quantity is >= 1 and <= 100_000_000, $"lines[{i}].quantity", "must be 1 to 100,000,000");
            }
        }
    }

    public static void Map(IEndpointRouteBuilder shipping) => shipping
        .MapPost("/shipments/{orderId:guid}/parcels", async Task<Results<Created<Answer>, Accepted<Answer>>> (Guid orderId, Body? body, ISender sender, CancellationToken ct) =>
        {
            var (answer, address) = (await sender.Send(new Command(orderId, body?.Lines, body?.TrackingNumber), ct), $"/v1/shipping/shipments/{orderId}/tracking");
            return answer.Parcel.State is ParcelState.Booking ? TypedResults.Accepted(address, answer) : TypedResults.Created(address, answer);
        })
        .ForOperators()
        .WithIdempotencyKey()
        .WithExample(new Body([new ShipmentLine("EARL-GREY-250", 1)], "1Z999AA10123456784"))
        .WithName("DispatchParcel")
        .WithSummary("Hands these lines to the courier in a parcel of their own, or all that is open. Without a tracking number the parcel gets one, or its courier is asked for one (202).")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict);

    public sealed class Handler(IDocumentSession db, Outbox outbox, Couriers couriers, TimeProvider clock) : ICommandHandler<Command, Answer>
    {
        public async ValueTask<Answer> Handle(Command command, CancellationToken ct)
        {
            var shipment = await db.LoadAsync<Shipment>(command.OrderId, ct) ?? throw new NotFoundException($"shipment of order {command.OrderId}");
            var (parcelId, courier) = (Guid.CreateVersion7(), couriers.For(command.TrackingNumber));
            var number = command.TrackingNumber ?? courier.NumberOf(parcelId);

            var sent = shipment.DispatchPart(command.Lines?.Select(line => line!).ToList(), parcelId, number, courier.Name, clock.GetUtcNow());

            db.Store(sent);
            if (number is null) await outbox.Later(new BookParcel(sent.Id, parcelId, courier.Name));
            else await outbox.Publish(sent.Dispatched(parcelId));
            return new Answer(sent.Id, sent.State, GetTracking.Item.Of(sent.Find(parcelId)), sent.Open());
        }
    }
}
