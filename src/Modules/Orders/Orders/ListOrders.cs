using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Orders;

/// <summary>A customer's own orders, or everybody's for an operator, newest first.</summary>
internal static class ListOrders
{
    public sealed record Item(Guid Id, Guid CustomerId, string Status, decimal Total, string Currency, DateTimeOffset PlacedAt);

    public sealed record Query(Caller Caller, string? Status, Guid? After, int Limit) : IQuery<Page<Item>>, IValidated
    {
        public void Validate(Rules rules)
        {
            rules.Require(Status is null || OrderStatus.All.Contains(Status), "status", $"must be one of {string.Join(", ", OrderStatus.All)}");
            rules.Require(Limit is >= 1 and <= Page<Item>.Most, "limit", $"must be 1 to {Page<Item>.Most}");
        }
    }

    public static void Map(IEndpointRouteBuilder orders) => orders
        .MapGet("/", async (string? status, Guid? after, int? limit, Caller caller, ISender sender, CancellationToken ct) =>
            TypedResults.Ok(await sender.Send(new Query(caller, status, after, limit ?? Page<Item>.Usual), ct)))
        .ForCustomers()
        .WithName("ListOrders")
        .WithSummary("A customer's own orders, or everybody's for an operator, newest first.");

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, Page<Item>>
    {
        public async ValueTask<Page<Item>> Handle(Query query, CancellationToken ct)
        {
            // Ids are made of the time, so the key's order is the time's.
            IQueryable<Order> orders = db.Query<Order>();
            if (!query.Caller.IsOperator) orders = orders.Where(order => order.CustomerId == query.Caller.Id);
            if (query.Status is not null) orders = orders.Where(order => order.Status == query.Status);
            if (query.After is { } after) orders = orders.Where(order => order.Id < after);

            var found = await orders.OrderByDescending(order => order.Id).Take(query.Limit + 1)
                .Select(order => new Item(order.Id, order.CustomerId, order.Status, order.Total, order.Currency, order.PlacedAt))
                .ToListAsync(ct);
            return Page<Item>.From(found, query.Limit, item => $"{item.Id}");
        }
    }
}
