using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Shipping;

/// <summary>What is stuck on the parcel: sender, addressee, tracking number.</summary>
internal static class GetLabel
{
    /// <param name="ParcelId">Null: the one that left last.</param>
    public sealed record Query(Guid OrderId, Guid? ParcelId) : IQuery<string>;

    public static void Map(IEndpointRouteBuilder shipping)
    {
        shipping.MapGet("/shipments/{orderId:guid}/label", async (Guid orderId, ISender sender, HttpResponse response, CancellationToken ct) =>
                Page(await sender.Send(new Query(orderId, ParcelId: null), ct), response))
            .ForOperators()
            .WithName("GetLabel")
            .WithSummary("The label of the parcel that left last, as a page to print.")
            .Produces<string>(StatusCodes.Status200OK, "text/html")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);

        shipping.MapGet("/shipments/{orderId:guid}/parcels/{parcelId:guid}/label", async (Guid orderId, Guid parcelId, ISender sender, HttpResponse response, CancellationToken ct) =>
                Page(await sender.Send(new Query(orderId, parcelId), ct), response))
            .ForOperators()
            .WithName("GetParcelLabel")
            .WithSummary("The label of one dispatched parcel, as a page to print.")
            .Produces<string>(StatusCodes.Status200OK, "text/html")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static ContentHttpResult Page(string label, HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = Label.Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.CacheControl = "no-store";
        return TypedResults.Text(label, "text/html; charset=utf-8");
    }

    public sealed class Handler(IQuerySession db, LabelSettings settings) : IQueryHandler<Query, string>
    {
        public async ValueTask<string> Handle(Query query, CancellationToken ct)
        {
            var shipment = await db.LoadAsync<Shipment>(query.OrderId, ct) ?? throw new NotFoundException($"shipment of order {query.OrderId}");
            var trackingNumber = query.ParcelId is { } parcelId
                ? shipment.Find(parcelId).TrackingNumber ?? throw new RefusedException("parcel.not-dispatched", $"The parcel is {shipment.Find(parcelId).State}: its label can be printed when it is dispatched.")
                : shipment.TrackingNumber ?? throw new RefusedException("shipment.not-dispatched", $"The shipment is {shipment.State}: its label can be printed when it is dispatched.");
            if (shipment is not { To: { } to, Country: { } country })
                throw new RefusedException("shipment.no-address", "The order was placed without an address: ask its customer, and write the label by hand.");
            if (settings.Sender is not { } sender)
                throw new RefusedException("shipping.no-sender", "The sender's address is not set: give the host Shipping:Sender:Name, :Street, :PostalCode, :City and :Country.");

            return Label.Print(sender, settings.Country, to, country, shipment.Id, trackingNumber);
        }
    }
}
