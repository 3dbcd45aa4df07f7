using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Billing;

/// <summary>What has become of an order's payment, for the customer who pays and for operators.</summary>
internal static class GetPayment
{
    /// <summary>Without the token: whoever reads an answer must not be able to pay with it.</summary>
    /// <param name="Owed">On invoice: what is still to be paid, until the end of the day that it is due on.</param>
    public sealed record View(Guid OrderId, Guid? CustomerId, PaymentState State, decimal Total, string Currency, decimal Captured, decimal Refunded, string? DeclineReason,
        decimal Owed = 0, DateOnly? DueOn = null)
    {
        public static View Of(Payment payment) => new(
            payment.Id, payment.CustomerId, payment.State, payment.Total, payment.Currency, payment.Captured, payment.Refunded, payment.DeclineReason, payment.Owed, payment.DueOn);
    }

    public sealed record Query(Guid OrderId, Caller Caller) : IQuery<View>;

    public static void Map(IEndpointRouteBuilder billing) => billing
        .MapGet("/payments/{orderId:guid}", async (Guid orderId, Caller caller, ISender sender, CancellationToken ct) =>
            TypedResults.Ok(await sender.Send(new Query(orderId, caller), ct)))
        .ForCustomers()
        .WithName("GetPayment")
        .WithSummary("What has become of an order's payment.");

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, View>
    {
        public async ValueTask<View> Handle(Query query, CancellationToken ct) => View.Of(await db.PaymentOf(query.OrderId, query.Caller, ct));
    }
}
