using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Catalog;

/// <summary>A draft can be ordered, or a withdrawn product again, at the price it has.</summary>
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
        .WithSummary("Publishes a draft, or a withdrawn product again; nothing happens if it is published already.")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ForOperators();

    public sealed class Handler(IDocumentSession db, Outbox outbox, TimeProvider clock) : ICommandHandler<Command, ProductView>
    {
        public async ValueTask<ProductView> Handle(Command command, CancellationToken ct)
        {
            var product = await db.Product(command.Sku, ct);
            var first = product.State == ProductState.Draft;

            if (product.Become(ProductState.Published))
            {
                db.UpdateRevision(product, product.Version);
                if (first) db.EnterPrices(clock.GetUtcNow(), product);
                await outbox.Publish(product.AsPublished());
            }

            return ProductView.Of(product);
        }
    }
}
