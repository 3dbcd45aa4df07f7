using Catalog.Contracts;
using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Catalog;

/// <summary>A withdrawn product can be ordered again, at the price it had.</summary>
internal static class RepublishProduct
{
    public sealed record Command(string Sku) : ICommand<ProductView>;

    public static void Map(IEndpointRouteBuilder products) => products
        .MapPost("/{sku}/publish", async (string sku, ISender sender, HttpResponse response, CancellationToken ct) =>
        {
            var product = await sender.Send(new Command(sku), ct);
            response.Headers.ETag = VersionTag.Of(product.Version);
            return TypedResults.Ok(product);
        })
        .WithName("RepublishProduct")
        .WithSummary("Publishes a withdrawn product again; nothing happens if it is published already.")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ForOperators();

    public sealed class Handler(IDocumentSession db, Outbox outbox) : ICommandHandler<Command, ProductView>
    {
        public async ValueTask<ProductView> Handle(Command command, CancellationToken ct)
        {
            var product = await db.Product(command.Sku, ct);

            if (product.Become(ProductState.Published))
            {
                db.UpdateRevision(product, product.Version);
                await outbox.Publish(new ProductPublished(product.Sku, product.Name, product.Price, product.Currency, product.Version, product.Weight));
            }

            return ProductView.Of(product);
        }
    }
}
