using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Orders;

/// <summary>A customer's own orders, or everybody's for an operator, newest first; if wanted, of one status, customer, product or period.</summary>
internal static class ListOrders
{
    public sealed record Item(Guid Id, Guid CustomerId, string Status, decimal Total, string Currency, DateTimeOffset PlacedAt);

    public sealed record Query(Caller Caller, OrderFilter Filter, Guid? After, int Limit) : IQuery<Page<Item>>, IValidated
    {
        public void Validate(Rules rules)
        {
            Filter.Check(Caller, rules);
            rules.Require(Limit is >= 1 and <= Page<Item>.Most, "limit", $"must be 1 to {Page<Item>.Most}");
        }
    }

    public static void Map(IEndpointRouteBuilder orders) => orders
        .MapGet("/", async (string? status, string? customer, string? sku, string? from, string? to, string? overdue, Guid? after, int? limit, Caller caller, ISender sender, CancellationToken ct) =>
            TypedResults.Ok(await sender.Send(new Query(caller, new OrderFilter(status, customer, sku, from, to, overdue), after, limit ?? Page<Item>.Usual), ct)))
        .ForCustomers()
        .WithName("ListOrders")
        .WithSummary("A customer's own orders, or everybody's for an operator, newest first.")
        .WithDescription("If wanted, only those of a status, or placed at a time (from) or later and before another (to); for operators also those of a customer, with a product (sku), or that wait for longer than they may (overdue=true). Several filters must all fit.")
        .ProducesProblem(StatusCodes.Status400BadRequest);

    public sealed class Handler(IQuerySession db, StepTimeouts timeouts, TimeProvider clock) : IQueryHandler<Query, Page<Item>>
    {
        public async ValueTask<Page<Item>> Handle(Query query, CancellationToken ct)
        {
            var found = await query.Filter.Of(db, query.Caller, query.After, timeouts, clock.GetUtcNow()).Take(query.Limit + 1)
                .Select(order => new Item(order.Id, order.CustomerId, order.Status, order.Total, order.Currency, order.PlacedAt))
                .ToListAsync(ct);
            return Page<Item>.From(found, query.Limit, item => $"{item.Id}");
        }
    }
}
