using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Inventory;

/// <summary>What came of each row of a stock-taking's file; on demand of the refused ones only.</summary>
internal static class ListStocktakeRows
{
    /// <param name="Row">As a spreadsheet counts: the header is row 1.</param>
    public sealed record Item(int Row, string Sku, long Counted, string? Note, string Outcome, long Difference, string? Reason);

    public sealed record Query(Guid Id, string? Outcome, int After, int Limit) : IQuery<Page<Item>>, IValidated
    {
        public void Validate(Rules rules)
        {
            rules.Require(Outcome is null || Stocktake.Outcomes.Contains(Outcome), "outcome", $"must be one of {string.Join(", ", Stocktake.Outcomes)}");
            rules.Require(Limit is >= 1 and <= Page<Item>.Most, "limit", $"must be 1 to {Page<Item>.Most}");
        }
    }

    public static void Map(IEndpointRouteBuilder inventory) => inventory
        .MapGet("/stocktakes/{id:guid}/rows", async (Guid id, string? outcome, int? after, int? limit, ISender sender, CancellationToken ct) =>
            TypedResults.Ok(await sender.Send(new Query(id, outcome, after ?? 0, limit ?? Page<Item>.Usual), ct)))
        .ForOperators()
        .WithName("ListStocktakeRows")
        .WithSummary("What came of each row of a stock-taking's file, in its order. outcome=refused: what has to be looked at.");

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, Page<Item>>
    {
        private const string Sql = """
            select number, sku, counted, note, outcome, difference, reason from stocktake_rows
            where stocktake_id = $1 and number > $2 and ($3 = '' or outcome = $3) order by number limit $4
            """;

        public async ValueTask<Page<Item>> Handle(Query query, CancellationToken ct)
        {
            if ((await db.Read("select 1 from stocktakes where id = $1", [query.Id], _ => true, ct)).Count == 0) throw new NotFoundException($"stock-taking {query.Id}");

            return Page<Item>.From(
                await db.Read(Sql, [query.Id, query.After, query.Outcome ?? "", query.Limit + 1],
                    row => new Item(row.GetInt32(0), row.GetString(1), row.GetInt64(2), row.IsDBNull(3) ? null : row.GetString(3), row.GetString(4), row.GetInt64(5),
                        row.IsDBNull(6) ? null : row.GetString(6)), ct),
                query.Limit, item => $"{item.Row}");
        }
    }
}
