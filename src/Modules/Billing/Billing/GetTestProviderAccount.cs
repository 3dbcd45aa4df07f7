using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Billing;

/// <summary>What the test provider's own books say of an order: the outside's view, against which Billing's is checked.</summary>
internal static class GetTestProviderAccount
{
    public sealed record Account(Guid OrderId, decimal Amount, string Currency, int Requests, int Captures, decimal Captured, int Refunds, decimal Refunded, string? Declined);

    public sealed record Query(Guid OrderId) : IQuery<Account>;

    public static void Map(IEndpointRouteBuilder billing) => billing
        .MapGet("/test-provider/{orderId:guid}", async (Guid orderId, ISender sender, CancellationToken ct) => TypedResults.Ok(await sender.Send(new Query(orderId), ct)))
        .ForOperators()
        .WithName("GetTestProviderAccount")
        .WithSummary("What the test provider's own books say of an order.");

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, Account>
    {
        public async ValueTask<Account> Handle(Query query, CancellationToken ct) =>
            (await db.Read("select amount, currency, requests, captures, captured, refunds, refunded, declined from test_provider where order_id = $1", [query.OrderId],
                row => new Account(query.OrderId, row.GetDecimal(0), row.GetString(1), row.GetInt32(2), row.GetInt32(3), row.GetDecimal(4), row.GetInt32(5), row.GetDecimal(6),
                    row.IsDBNull(7) ? null : row.GetString(7)), ct)).SingleOrDefault()
            ?? throw new NotFoundException($"account of order {query.OrderId} at the test provider");
    }
}
