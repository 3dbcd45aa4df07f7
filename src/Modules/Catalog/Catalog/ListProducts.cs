using Marten;
using Marten.Linq.MatchesSql;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Catalog;

/// <summary>Products by sku; on demand those of one state, or whose sku or name begins with something.</summary>
internal static class ListProducts
{
    public sealed record Query(string After, int Limit, string? State, string? Search) : IQuery<Page<ProductView>>, IValidated
    {
        public void Validate(Rules rules)
        {
            rules.Require(Limit is >= 1 and <= Page<ProductView>.Most, "limit", $"must be from 1 to {Page<ProductView>.Most}");
            rules.Text(After, "after", most: 40, least: 0);
            rules.Text(Search, "search", most: 100, least: 0);
            rules.Require(State is null or "published" or "withdrawn", "state", "must be published or withdrawn");
        }
    }

    public static void Map(IEndpointRouteBuilder products) => products
        .MapGet("/", async (string? after, int? limit, string? state, string? search, ISender sender, CancellationToken ct) =>
            TypedResults.Ok(await sender.Send(new Query(after ?? "", limit ?? Page<ProductView>.Usual, state, search), ct)))
        .WithName("ListProducts")
        .WithSummary("Products by sku. search: the beginning of a sku or, in any case of letters, of a name.")
        .ForAnyone();

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, Page<ProductView>>
    {
        public async ValueTask<Page<ProductView>> Handle(Query query, CancellationToken ct)
        {
            var products = db.Query<Product>().Where(product => product.MatchesSql("d.id > ?", query.After));
            if (query.State is not null)
            {
                var state = query.State == "published" ? ProductState.Published : ProductState.Withdrawn;
                products = products.Where(product => product.State == state);
            }

            if (!string.IsNullOrEmpty(query.Search))
                products = products.Where(product => product.MatchesSql("(d.id ^@ ? or lower(d.data ->> 'name') ^@ lower(?))", query.Search, query.Search));

            var found = await products.OrderBy(product => product.Sku).Take(query.Limit + 1).ToListAsync(ct);
            return Page<ProductView>.From(found.Select(ProductView.Of).ToList(), query.Limit, product => product.Sku);
        }
    }
}
