using Billing.Contracts;
using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Billing;

/// <summary>An operator has seen the money for an invoice come in: it is paid.</summary>
internal static class RecordReceipt
{
    private const decimal Most = 1_000_000_000;

    public sealed record Body(decimal Amount, string Currency, string Reference);

    public sealed record Command(Guid OrderId, decimal Amount, string Currency, string Reference) : ICommand<GetPayment.View>, IValidated
    {
        public void Validate(Rules rules)
        {
            rules.Require(Amount is > 0 and <= Most && decimal.Round(Amount, 4) == Amount, "amount", "must be above zero, with at most four decimals");
            rules.Require(Currency is { Length: 3 } && Currency.All(char.IsAsciiLetterUpper), "currency", "must be three capital letters, such as EUR");
            rules.Text(Reference, "reference", most: 200);
        }
    }

    public static void Map(IEndpointRouteBuilder billing) => billing
        .MapPost("/payments/{orderId:guid}/receipt", async (Guid orderId, Body body, ISender sender, CancellationToken ct) =>
            TypedResults.Created($"/v1/billing/payments/{orderId}", await sender.Send(new Command(orderId, body.Amount, body.Currency, body.Reference), ct)))
        .ForOperators()
        .WithIdempotencyKey()
        .WithExample(new Body(27.85m, "GBP", "statement 2026-11, line 14"))
        .WithName("RecordReceipt")
        .WithSummary("Records that an invoice is paid, by all that is owed, with what the bank says of it.")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict);

    public sealed class Handler(IDocumentSession db, Outbox outbox, TimeProvider clock) : ICommandHandler<Command, GetPayment.View>
    {
        public async ValueTask<GetPayment.View> Handle(Command command, CancellationToken ct)
        {
            var payment = await db.LoadAsync<Payment>(command.OrderId, ct) ?? throw new NotFoundException($"payment for order {command.OrderId}");

            payment = payment.Receive(command.Amount, command.Currency, command.Reference);

            db.Keep(payment);
            db.PostReceipt(payment.Id, payment.Captured, payment.Currency, clock.GetUtcNow(), command.Reference);
            db.KeepReceivable(payment);
            await outbox.Publish(new PaymentCaptured(payment.Id, payment.Captured, payment.Currency));
            return GetPayment.View.Of(payment);
        }
    }
}
