using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Orders;

/// <summary>What happened to an order and when, oldest first, for its customer or an operator.</summary>
internal static class GetOrderHistory
{
    /// <param name="Version">1 for the first fact; by it the history is paged.</param>
    /// <param name="Data">The fact as kept. Facts hold nothing that the order's customer may not read: no payment token, nobody else's name.</param>
    public sealed record Entry(long Version, DateTimeOffset At, string Fact, object Data);

    public sealed record Query(Guid OrderId, Caller Caller, long After, int Limit) : IQuery<Page<Entry>>, IValidated
    {
        public void Validate(Rules rules)
        {
            rules.Require(After is >= 0 and < int.MaxValue, "after", "must be a version: 0 or above");
            rules.Require(Limit is >= 1 and <= Page<Entry>.Most, "limit", $"must be 1 to {Page<Entry>.Most}");
        }
    }

    public static void Map(IEndpointRouteBuilder orders) => orders
        .MapGet("/{orderId:guid}/history", async (Guid orderId, long? after, int? limit, Caller caller, ISender sender, CancellationToken ct) =>
            TypedResults.Ok(await sender.Send(new Query(orderId, caller, after ?? 0, limit ?? Page<Entry>.Usual), ct)))
        .ForCustomers()
        .WithName("GetOrderHistory")
        .WithSummary("What happened to an order and when, oldest first.");

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, Page<Entry>>
    {
        public async ValueTask<Page<Entry>> Handle(Query query, CancellationToken ct)
        {
            await db.FindOrder(query.OrderId, query.Caller, ct);

            var facts = await db.Events.FetchStreamAsync(query.OrderId, version: query.After + query.Limit + 1, fromVersion: query.After + 1, token: ct);
            return Page<Entry>.From([.. facts.Select(fact => new Entry(fact.Version, fact.Timestamp, fact.EventTypeName, fact.Data))], query.Limit, entry => $"{entry.Version}");
        }
    }
}
