using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Catalog;

internal sealed record ProductView(string Sku, string Name, decimal Price, string Currency, int Weight, ProductState State, long Version)
{
    public static ProductView Of(Product product) => new(product.Sku, product.Name, product.Price, product.Currency, product.Weight, product.State, product.Version);
}

/// <summary>A product, published or withdrawn, with its version as ETag.</summary>
internal static class GetProduct
{
    public sealed record Query(string Sku) : IQuery<ProductView>;

    public static void Map(IEndpointRouteBuilder products) => products
        .MapGet("/{sku}", async (string sku, ISender sender, HttpResponse response, CancellationToken ct) =>
        {
            var product = await sender.Send(new Query(sku), ct);
            response.Headers.ETag = VersionTag.Of(product.Version);
            return TypedResults.Ok(product);
        })
        .WithName("GetProduct")
        .WithSummary("A product with its version as ETag.")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ForAnyone();

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, ProductView>
    {
        public async ValueTask<ProductView> Handle(Query query, CancellationToken ct) => ProductView.Of(await db.Product(query.Sku, ct));
    }

    /// <exception cref="NotFoundException">There is none.</exception>
    public static async Task<Product> Product(this IQuerySession db, string sku, CancellationToken ct) =>
        await db.LoadAsync<Product>(sku, ct) ?? throw new NotFoundException($"product {sku}");
}
