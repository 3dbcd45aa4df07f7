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
    /// <param name="Fact">What is kept, and <paramref name="Data"/> as it is kept: for programs that have read them so far. <paramref name="Code"/> says the same and more. Facts hold nothing that the order's customer may not read: no payment token, nobody else's name.</param>
    public sealed record Entry(long Version, DateTimeOffset At, string Code, string Text, string Fact, object Data);

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
        .WithSummary("What happened to an order and when, oldest first: of each step a stable code for programs, and a sentence for people.");

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, Page<Entry>>
    {
        public async ValueTask<Page<Entry>> Handle(Query query, CancellationToken ct)
        {
            await db.FindOrder(query.OrderId, query.Caller, ct);

            // From the first on, since what a step means depends on those before it: a history is short.
            var facts = await db.Events.FetchStreamAsync(query.OrderId, version: query.After + query.Limit + 1, token: ct);
            var entries = new List<Entry>();
            Order? before = null;
            foreach (var kept in facts)
            {
                var fact = (Order.Fact)kept.Data;
                var (code, text) = Timeline.Of(before, fact);
                if (kept.Version > query.After) entries.Add(new Entry(kept.Version, kept.Timestamp, code, text, kept.EventTypeName, fact));
                before = Order.After(before, query.OrderId, fact);
            }

            return Page<Entry>.From(entries, query.Limit, entry => $"{entry.Version}");
        }
    }
}
