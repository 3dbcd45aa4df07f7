using System.Security.Claims;
using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Catalog;

/// <summary>Products by sku; on demand those of one state or category, or whose sku or name begins with something.</summary>
internal static class ListProducts
{
    public sealed record Query(string After, int Limit, string? State, string? Category, string? Search, bool ByOperator) : IQuery<Page<ProductView>>, IValidated
    {
        public void Validate(Rules rules)
        {
            rules.Require(Limit is >= 1 and <= Page<ProductView>.Most, "limit", $"must be from 1 to {Page<ProductView>.Most}");
            rules.Text(After, "after", most: 40, least: 0);
            rules.Text(Search, "search", most: 100, least: 0);
            rules.State(State, ByOperator);
        }
    }

    public static void Map(IEndpointRouteBuilder products) => products
        .MapGet("/", async (string? after, int? limit, string? state, string? category, string? search, string? q, ClaimsPrincipal caller, ISender sender, CancellationToken ct) =>
            TypedResults.Ok(q is null
                ? await sender.Send(new Query(after ?? "", limit ?? Page<ProductView>.Usual, state, category, search, caller.IsInRole(Policies.Operator)), ct)
                : await sender.Send(new SearchProducts.Query(q, after, limit ?? Page<ProductView>.Usual, state, category, caller.IsInRole(Policies.Operator)), ct)))
        .WithName("ListProducts")
        .WithSummary("Products by sku. search: the beginning of a sku or, in any case of letters, of a name. category: a category's slug; its descendants count.")
        .WithDescription("q: words of sku, name and description, the best first; beginnings and one slip in a longer word are found too; published products unless a state is given. next is then a place among the found, and search is not heeded.")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ForAnyone();

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, Page<ProductView>>
    {
        public async ValueTask<Page<ProductView>> Handle(Query query, CancellationToken ct)
        {
            var wanted = new Selection();
            wanted.OfState(query.State, query.ByOperator);
            if (!string.IsNullOrEmpty(query.Search)) wanted.Where($"(d.id ^@ {wanted.Value(query.Search)} or lower(d.data ->> 'name') ^@ lower({wanted.Value(query.Search)}))");
            var (after, limit) = (wanted.Value(query.After), wanted.Value(query.Limit + 1));

            string sql;
            if (query.Category is null) sql = $"select d.id from mt_doc_product d where d.id > {after} and {wanted} order by d.id limit {limit}";
            else
            {
                await db.Category(query.Category, ct);
                // Each category's own index is read from where the page begins, and no further than the page needs.
                sql = $"""
                    {Selection.Within(wanted.Value(query.Category))}
                    select distinct listed.id from within cross join lateral (
                        select d.id from product_categories p join mt_doc_product d on d.id = p.sku
                        where p.category = within.slug and p.sku > {after} and {wanted} order by p.sku limit {limit}) listed
                    order by listed.id limit {limit}
                    """;
            }

            var found = await db.Products(await db.Read(sql, wanted.Values, row => row.GetString(0), ct), ct);
            return Page<ProductView>.From(found.Select(ProductView.Of).ToList(), query.Limit, product => product.Sku);
        }
    }
}
