using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Inventory;

/// <summary>Every product's counters, by sku.</summary>
internal static class ListStock
{
    public sealed record Item(string Sku, long OnHand, long Reserved, long Shipped, long Received, long Corrected);

    public sealed record Query(string After, int Limit) : IQuery<Page<Item>>, IValidated
    {
        public void Validate(Rules rules)
        {
            rules.Text(After, "after", most: 64, least: 0);
            rules.Require(Limit is >= 1 and <= Page<Item>.Most, "limit", $"must be 1 to {Page<Item>.Most}");
        }
    }

    public static void Map(IEndpointRouteBuilder inventory) => inventory
        .MapGet("/stock", async (string? after, int? limit, ISender sender, CancellationToken ct) =>
            TypedResults.Ok(await sender.Send(new Query(after ?? "", limit ?? Page<Item>.Usual), ct)))
        .ForOperators()
        .WithName("ListStock")
        .WithSummary("Every product's counters, by sku.");

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, Page<Item>>
    {
        public async ValueTask<Page<Item>> Handle(Query query, CancellationToken ct) => Page<Item>.From(
            await db.Read("select sku, on_hand, reserved, shipped, received, corrected from stock where sku > $1 order by sku limit $2", [query.After, query.Limit + 1],
                row => new Item(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5)), ct),
            query.Limit, item => item.Sku);
    }
}
