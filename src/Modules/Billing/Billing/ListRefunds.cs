using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Billing;

/// <summary>What was given back of an order's payment, or will be, oldest first; all of it, or one.</summary>
internal static class ListRefunds
{
    /// <param name="Made">The provider has given it back, or an operator has transferred it.</param>
    /// <param name="Credited">It made an unpaid invoice less: no money moved.</param>
    public sealed record View(Guid Id, Guid OrderId, decimal Amount, string Currency, string Reason, DateTimeOffset At, bool Made, bool Credited = false)
    {
        public static View Of(Payment payment, Refund refund) => new(refund.Id, payment.Id, refund.Amount, payment.Currency, refund.Reason, refund.At, refund.Made, refund.Credited);
    }

    public sealed record Query(Guid OrderId, Caller Caller) : IQuery<Page<View>>;

    public static void Map(IEndpointRouteBuilder billing)
    {
        billing.MapGet("/payments/{orderId:guid}/refunds", async (Guid orderId, Caller caller, ISender sender, CancellationToken ct) =>
                TypedResults.Ok(await sender.Send(new Query(orderId, caller), ct)))
            .ForCustomers()
            .WithName("ListRefunds")
            .WithSummary("What was given back of an order's payment, or will be; never more than one page.");

        billing.MapGet("/payments/{orderId:guid}/refunds/{refundId:guid}", async (Guid orderId, Guid refundId, Caller caller, ISender sender, CancellationToken ct) =>
                TypedResults.Ok((await sender.Send(new Query(orderId, caller), ct)).Items.SingleOrDefault(refund => refund.Id == refundId)
                    ?? throw new NotFoundException($"refund {refundId} of order {orderId}")))
            .ForCustomers()
            .WithName("GetRefund")
            .WithSummary("What has become of one refund.")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, Page<View>>
    {
        public async ValueTask<Page<View>> Handle(Query query, CancellationToken ct)
        {
            var payment = await db.PaymentOf(query.OrderId, query.Caller, ct);
            return new Page<View>([.. payment.Refunds.OrderBy(refund => refund.At).ThenBy(refund => refund.Id).Select(refund => View.Of(payment, refund))], null);
        }
    }
}
