using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Inventory;

/// <summary>The book of one product, or of all, oldest entry first; on demand one kind, or one period.</summary>
internal static class ListMovements
{
    public sealed record Query(MovementFilter Filter, Guid After, int Limit) : IQuery<Page<MovementEntry>>, IValidated
    {
        public void Validate(Rules rules)
        {
            Filter.Validate(rules);
            rules.Require(Limit is >= 1 and <= Page<MovementEntry>.Most, "limit", $"must be 1 to {Page<MovementEntry>.Most}");
        }
    }

    public static void Map(IEndpointRouteBuilder inventory)
    {
        inventory
            .MapGet("/stock/{sku}/movements", (string sku, string? kind, DateTimeOffset? from, DateTimeOffset? to, Guid? after, int? limit, ISender sender, CancellationToken ct) =>
                Answer(new MovementFilter(sku, kind, from, to), after, limit, sender, ct))
            .ForOperators()
            .WithName("ListMovements")
            .WithSummary("Movements of one product, oldest first; of one kind, or from a time to before another, if wanted.");

        inventory
            .MapGet("/movements", (string? sku, string? kind, DateTimeOffset? from, DateTimeOffset? to, Guid? after, int? limit, ISender sender, CancellationToken ct) =>
                Answer(new MovementFilter(sku, kind, from, to), after, limit, sender, ct))
            .ForOperators()
            .WithName("ListAllMovements")
            .WithSummary("Movements of all products, oldest first; of one product, of one kind, or from a time to before another, if wanted.");
    }

    private static async Task<Microsoft.AspNetCore.Http.HttpResults.Ok<Page<MovementEntry>>> Answer(MovementFilter filter, Guid? after, int? limit, ISender sender, CancellationToken ct) =>
        TypedResults.Ok(await sender.Send(new Query(filter, after ?? Guid.Empty, limit ?? Page<MovementEntry>.Usual), ct));

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, Page<MovementEntry>>
    {
        public async ValueTask<Page<MovementEntry>> Handle(Query query, CancellationToken ct) => Page<MovementEntry>.From(
            await db.ReadMovements(query.Filter, query.After, query.Limit + 1, ct), query.Limit, entry => entry.Id.ToString());
    }
}
