using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Catalog;

/// <summary>What a product has cost, newest first.</summary>
internal static class ListPrices
{
    public sealed record Entry(decimal Price, string Currency, DateTimeOffset Since, long Version);

    public sealed record Query(string Sku, long Before, int Limit) : IQuery<Page<Entry>>, IValidated
    {
        public void Validate(Rules rules) => rules.Require(Limit is >= 1 and <= Page<Entry>.Most, "limit", $"must be from 1 to {Page<Entry>.Most}");
    }

    public static void Map(IEndpointRouteBuilder products) => products
        .MapGet("/{sku}/prices", async (string sku, long? after, int? limit, ISender sender, CancellationToken ct) =>
            TypedResults.Ok(await sender.Send(new Query(sku, after ?? long.MaxValue, limit ?? Page<Entry>.Usual), ct)))
        .WithName("ListPrices")
        .WithSummary("What a product has cost, newest first.")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ForAnyone();

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, Page<Entry>>
    {
        public async ValueTask<Page<Entry>> Handle(Query query, CancellationToken ct)
        {
            await db.Product(query.Sku, ct);

            var found = await db.Query<PriceSet>()
                .Where(price => price.Sku == query.Sku && price.Version < query.Before)
                .OrderByDescending(price => price.Version)
                .Take(query.Limit + 1)
                .Select(price => new Entry(price.Price, price.Currency, price.Since, price.Version))
                .ToListAsync(ct);

            return Page<Entry>.From(found, query.Limit, entry => entry.Version.ToString());
        }
    }
}
