using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Inventory;

/// <summary>The book of one product, oldest entry first.</summary>
internal static class ListMovements
{
    public sealed record Entry(Guid Id, string Kind, long Quantity, Guid? OrderId, string? Reference, DateTimeOffset At);

    public sealed record Query(string Sku, Guid After, int Limit) : IQuery<Page<Entry>>, IValidated
    {
        public void Validate(Rules rules)
        {
            rules.Text(Sku, "sku", most: 64);
            rules.Require(Limit is >= 1 and <= Page<Entry>.Most, "limit", $"must be 1 to {Page<Entry>.Most}");
        }
    }

    public static void Map(IEndpointRouteBuilder inventory) => inventory
        .MapGet("/stock/{sku}/movements", async (string sku, Guid? after, int? limit, ISender sender, CancellationToken ct) =>
            TypedResults.Ok(await sender.Send(new Query(sku, after ?? Guid.Empty, limit ?? Page<Entry>.Usual), ct)))
        .ForOperators()
        .WithName("ListMovements")
        .WithSummary("Every movement of one product, oldest first.");

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, Page<Entry>>
    {
        public async ValueTask<Page<Entry>> Handle(Query query, CancellationToken ct) => Page<Entry>.From(
            await db.Read("select id, kind, quantity, order_id, reference, at from movements where sku = $1 and id > $2 order by id limit $3",
                [query.Sku, query.After, query.Limit + 1],
                row => new Entry(
                    row.GetGuid(0), row.GetString(1), row.GetInt64(2), row.GetFieldValue<Guid?>(3), row.IsDBNull(4) ? null : row.GetString(4),
                    row.GetFieldValue<DateTimeOffset>(5)), ct),
            query.Limit, entry => entry.Id.ToString());
    }
}
