using System.ComponentModel;
using System.Security.Claims;
using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Catalog;

// Immutable, so that the cache hands out the same one to all.
[ImmutableObject(true)]
internal sealed record ProductView(string Sku, string Name, decimal Price, string Currency, int Weight, ProductState State, long Version)
{
    public string Description { get; init; } = "";

    public IReadOnlyList<Image> Images { get; init; } = [];

    public IReadOnlyList<string> Categories { get; init; } = [];

    public static ProductView Of(Product product) => new(product.Sku, product.Name, product.Price, product.Currency, product.Weight, product.State, product.Version)
    {
        Description = product.Description, Images = product.Images, Categories = product.Categories,
    };
}

/// <summary>A product with its version as ETag; a draft for operators only.</summary>
internal static class GetProduct
{
    public sealed record Query(string Sku, bool ByOperator) : IQuery<ProductView>;

    public static void Map(IEndpointRouteBuilder products) => products
        .MapGet("/{sku}", async (string sku, ClaimsPrincipal caller, ISender sender, HttpResponse response, CancellationToken ct) =>
        {
            var product = await sender.Send(new Query(sku, caller.IsInRole(Policies.Operator)), ct);
            response.Headers.ETag = VersionTag.Of(product.Version);
            return TypedResults.Ok(product);
        })
        .WithName("GetProduct")
        .WithSummary("A product with its version as ETag.")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .Deprecated(since: new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero), sunset: new DateTimeOffset(2027, 12, 1, 0, 0, 0, TimeSpan.Zero))
        .ForAnyone();

    public sealed class Handler(IQuerySession db, ProductCache cache) : IQueryHandler<Query, ProductView>
    {
        public async ValueTask<ProductView> Handle(Query query, CancellationToken ct)
        {
            // Who may change a product reads it with the ETag that its change is checked against: never from memory.
            if (query.ByOperator) return ProductView.Of(await db.Product(query.Sku, ct));

            return await cache.Read(query.Sku, ct) is { State: not ProductState.Draft } product ? product : throw new NotFoundException($"product {query.Sku}");
        }
    }

    /// <exception cref="NotFoundException">There is none, or it is a draft and not the caller's to see.</exception>
    public static async Task<Product> Product(this IQuerySession db, string sku, bool byOperator, CancellationToken ct) =>
        await db.Product(sku, ct) is var product && (byOperator || product.State != ProductState.Draft) ? product : throw new NotFoundException($"product {sku}");

    /// <exception cref="NotFoundException">There is none.</exception>
    public static async Task<Product> Product(this IQuerySession db, string sku, CancellationToken ct) =>
        await db.LoadAsync<Product>(sku, ct) ?? throw new NotFoundException($"product {sku}");
}
