using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Inventory;

/// <summary>How far a stock-taking is, and what came of it.</summary>
internal static class GetStocktake
{
    /// <param name="DoneAt">Null while rows wait.</param>
    /// <param name="Found">Products that were found beyond the book; <paramref name="Missing"/>, those that the book had and the house had not.</param>
    public sealed record View(Guid Id, DateTimeOffset At, DateTimeOffset? DoneAt, long Rows, long Waiting, long Corrected, long Unchanged, long Refused, long Found, long Missing);

    public sealed record Query(Guid Id) : IQuery<View>;

    public static void Map(IEndpointRouteBuilder inventory) => inventory
        .MapGet("/stocktakes/{id:guid}", async (Guid id, ISender sender, CancellationToken ct) => TypedResults.Ok(await sender.Send(new Query(id), ct)))
        .ForOperators()
        .WithName("GetStocktake")
        .WithSummary("How far a stock-taking is, and what came of it.");

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, View>
    {
        // No more than the 20,000 rows that a stock-taking may have are counted.
        private const string Sql = """
            select at, done_at, count(*), count(*) filter (where outcome = 'waiting'), count(*) filter (where outcome = 'corrected'),
                count(*) filter (where outcome = 'unchanged'), count(*) filter (where outcome = 'refused'),
                coalesce(sum(difference) filter (where difference > 0), 0)::bigint, coalesce(-sum(difference) filter (where difference < 0), 0)::bigint
            from stocktakes join stocktake_rows on stocktake_id = id where id = $1 group by id
            """;

        public async ValueTask<View> Handle(Query query, CancellationToken ct) => (await db.Read(Sql, [query.Id],
            row => new View(query.Id, row.GetFieldValue<DateTimeOffset>(0), row.GetFieldValue<DateTimeOffset?>(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4),
                row.GetInt64(5), row.GetInt64(6), row.GetInt64(7), row.GetInt64(8)), ct)).SingleOrDefault()
            ?? throw new NotFoundException($"stock-taking {query.Id}");
    }
}
