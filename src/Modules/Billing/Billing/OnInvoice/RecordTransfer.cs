using Billing.Contracts;
using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Billing;

/// <summary>An operator has transferred a refund to a customer who had paid on invoice: it is made.</summary>
internal static class RecordTransfer
{
    public sealed record Body(string Reference);

    public sealed record Command(Guid OrderId, Guid RefundId, string Reference) : ICommand<ListRefunds.View>, IValidated
    {
        public void Validate(Rules rules) => rules.Text(Reference, "reference", most: 200);
    }

    public static void Map(IEndpointRouteBuilder billing) => billing
        .MapPost("/payments/{orderId:guid}/refunds/{refundId:guid}/transfer", async (Guid orderId, Guid refundId, Body body, ISender sender, CancellationToken ct) =>
            TypedResults.Created($"/v1/billing/payments/{orderId}/refunds/{refundId}", await sender.Send(new Command(orderId, refundId, body.Reference), ct)))
        .ForOperators()
        .WithIdempotencyKey()
        .WithExample(new Body("transfer 2026-11-26/3"))
        .WithName("RecordTransfer")
        .WithSummary("Records that the refund of an order that was paid on invoice is transferred, with what the bank says of it.")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict);

    public sealed class Handler(IDocumentSession db, Outbox outbox, InvoiceSettings invoices, TimeProvider clock) : ICommandHandler<Command, ListRefunds.View>
    {
        public async ValueTask<ListRefunds.View> Handle(Command command, CancellationToken ct)
        {
            var payment = await db.LoadAsync<Payment>(command.OrderId, ct);
            if (payment?.Refunds.SingleOrDefault(refund => refund.Id == command.RefundId) is not { } refund) throw new NotFoundException($"refund {command.RefundId} of order {command.OrderId}");
            if (payment.Provider != OnInvoice.Name) throw new RefusedException("refund.not-by-hand", $"Order {payment.Id} was not paid on invoice: who took its money gives it back, and nothing is to be transferred.");
            if (refund.Made) throw new RefusedException("refund.made", $"Refund {refund.Id} of order {payment.Id} is {(refund.Credited ? "a credit of what was owed" : "transferred already")}: do not send money for it.");

            var sent = refund with { Reference = command.Reference };
            db.Keep(payment.Make(sent));
            db.PostTransfer(payment.Id, sent, payment.Currency, clock.GetUtcNow());
            await db.IssueCreditNote(payment, sent, invoices, clock.GetUtcNow(), ct);
            db.Close(OpenItemKind.Transfer, sent.Id);
            await outbox.Publish(new PaymentRefunded(payment.Id, sent.Amount, payment.Currency, sent.Id));
            return ListRefunds.View.Of(payment, sent with { Made = true });
        }
    }
}
