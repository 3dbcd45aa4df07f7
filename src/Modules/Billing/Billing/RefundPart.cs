using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Billing;

/// <summary>
/// An operator gives back a part of what was captured for an order that stands: asked for here, made by the provider soon after. What is still owed on invoice is credited here and now.
/// </summary>
internal static class RefundPart
{
    private const decimal Most = 1_000_000_000;

    public sealed record Body(decimal Amount, string Reason);

    public sealed record Command(Guid OrderId, decimal Amount, string Reason) : ICommand<ListRefunds.View>, IValidated
    {
        public void Validate(Rules rules)
        {
            rules.Require(Amount is > 0 and <= Most && decimal.Round(Amount, 2) == Amount, "amount", "must be above zero, with at most two decimals");
            rules.Text(Reason, "reason", most: 200);
        }
    }

    public static void Map(IEndpointRouteBuilder billing) => billing
        .MapPost("/payments/{orderId:guid}/refunds", async (Guid orderId, Body body, ISender sender, CancellationToken ct) =>
        {
            var refund = await sender.Send(new Command(orderId, body.Amount, body.Reason), ct);
            return TypedResults.Created($"/v1/billing/payments/{orderId}/refunds/{refund.Id}", refund);
        })
        .ForOperators()
        .WithIdempotencyKey()
        .WithExample(new Body(4.20m, "arrived damaged"))
        .WithName("RefundPart")
        .WithSummary("Gives back a part of a captured payment, or credits a part of what is owed on invoice, for a reason that its customer can read.")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict);

    public sealed class Handler(IDocumentSession db, Outbox outbox, InvoiceSettings invoices, TimeProvider clock) : ICommandHandler<Command, ListRefunds.View>
    {
        public async ValueTask<ListRefunds.View> Handle(Command command, CancellationToken ct)
        {
            var payment = await db.LoadAsync<Payment>(command.OrderId, ct) ?? throw new NotFoundException($"payment for order {command.OrderId}");
            // Said now: asked for and kept, it could never be made.
            if (payment.Provider == StripeProvider.Name) MinorUnits.Of(command.Amount, payment.Currency);
            var refund = new Refund(Guid.CreateVersion7(clock.GetUtcNow()), command.Amount, command.Reason, clock.GetUtcNow());

            if (payment.State == PaymentState.Owed)
            {
                payment = await db.Credit(payment, refund, invoices, clock.GetUtcNow(), ct);
                return ListRefunds.View.Of(payment, payment.Refunds[^1]);
            }

            db.Keep(payment.AskRefund(refund));
            await outbox.Later(new MakeRefund(payment.Id, refund.Id));

            return ListRefunds.View.Of(payment, refund);
        }
    }
}
