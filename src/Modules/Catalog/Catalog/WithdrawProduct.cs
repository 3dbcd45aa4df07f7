using Catalog.Contracts;
using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Catalog;

/// <summary>A product cannot be ordered any more. Withdrawn twice is withdrawn once.</summary>
internal static class WithdrawProduct
{
    public sealed record Command(string Sku) : ICommand<ProductView>;

    public static void Map(IEndpointRouteBuilder products) => products
        .MapPost("/{sku}/withdraw", async (string sku, ISender sender, HttpResponse response, CancellationToken ct) =>
        {
            var product = await sender.Send(new Command(sku), ct);
            response.Headers.ETag = VersionTag.Of(product.Version);
            return TypedResults.Ok(product);
        })
        .WithName("WithdrawProduct")
        .WithSummary("Withdraws a product; nothing happens if it is withdrawn already.")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ForOperators();

    public sealed class Handler(IDocumentSession db, Outbox outbox) : ICommandHandler<Command, ProductView>
    {
        public async ValueTask<ProductView> Handle(Command command, CancellationToken ct)
        {
            var product = await db.Product(command.Sku, ct);

            if (product.Become(ProductState.Withdrawn))
            {
                db.UpdateRevision(product, product.Version);
                await outbox.Publish(new ProductWithdrawn(product.Sku, product.Version));
            }

            return ProductView.Of(product);
        }
    }
}
