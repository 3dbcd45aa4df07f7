using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Orders;

/// <summary>What operators wrote down about an order, newest first.</summary>
internal static class ListNotes
{
    /// <param name="Author">The operator's account.</param>
    public sealed record Item(Guid Id, Guid Author, string Text, DateTimeOffset At)
    {
        public static Item Of(OrderNote note) => new(note.Id, note.Author, note.Text, note.At);
    }

    public sealed record Query(Guid OrderId, Caller Caller, Guid? After, int Limit) : IQuery<Page<Item>>, IValidated
    {
        public void Validate(Rules rules) => rules.Require(Limit is >= 1 and <= Page<Item>.Most, "limit", $"must be 1 to {Page<Item>.Most}");
    }

    public static void Map(IEndpointRouteBuilder orders) => orders
        .MapGet("/{orderId:guid}/notes", async (Guid orderId, Guid? after, int? limit, Caller caller, ISender sender, CancellationToken ct) =>
            TypedResults.Ok(await sender.Send(new Query(orderId, caller, after, limit ?? Page<Item>.Usual), ct)))
        .ForOperators()
        .WithName("ListOrderNotes")
        .WithSummary("What operators wrote down about an order, newest first.")
        .ProducesProblem(StatusCodes.Status404NotFound);

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, Page<Item>>
    {
        public async ValueTask<Page<Item>> Handle(Query query, CancellationToken ct)
        {
            await db.FindOrder(query.OrderId, query.Caller, ct);

            // Ids are made of the time, so the key's order is the time's.
            var notes = db.Query<OrderNote>().Where(note => note.OrderId == query.OrderId);
            if (query.After is { } after) notes = notes.Where(note => note.Id < after);
            var found = await notes.OrderByDescending(note => note.Id).Take(query.Limit + 1).ToListAsync(ct);
            return Page<Item>.From([.. found.Select(Item.Of)], query.Limit, item => $"{item.Id}");
        }
    }
}
