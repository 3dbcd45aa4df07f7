using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Billing;

/// <summary>Every payment, by the order's id.</summary>
internal static class ListPayments
{
    public sealed record Query(Guid After, int Limit) : IQuery<Page<GetPayment.View>>, IValidated
    {
        public void Validate(Rules rules) => rules.Require(Limit is >= 1 and <= Page<GetPayment.View>.Most, "limit", $"must be 1 to {Page<GetPayment.View>.Most}");
    }

    public static void Map(IEndpointRouteBuilder billing) => billing
        .MapGet("/payments", async (Guid? after, int? limit, ISender sender, CancellationToken ct) =>
            TypedResults.Ok(await sender.Send(new Query(after ?? Guid.Empty, limit ?? Page<GetPayment.View>.Usual), ct)))
        .ForOperators()
        .WithName("ListPayments")
        .WithSummary("Every payment, by the order's id.");

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, Page<GetPayment.View>>
    {
        public async ValueTask<Page<GetPayment.View>> Handle(Query query, CancellationToken ct)
        {
            var payments = await db.QueryAsync<Payment>("where id > ? order by id limit ?", ct, query.After, query.Limit + 1);
            return Page<GetPayment.View>.From(payments.Select(GetPayment.View.Of).ToList(), query.Limit, payment => payment.OrderId.ToString());
        }
    }
}
