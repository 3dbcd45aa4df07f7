using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;
using Stripe;

namespace Billing;

/// <summary>
/// Stripe says that something happened to a payment: whoever still waits for its answer asks at once. Nothing is believed but that: what became of the payment is asked of Stripe.
/// So an event that comes twice, late or out of order changes nothing.
/// </summary>
internal static class HearStripe
{
    private const long SecondsValid = 300;

    public sealed record Command(string Json, string Signature) : ICommand;

    public static void Map(IEndpointRouteBuilder billing) => billing
        .MapPost("/stripe/events", async (HttpRequest request, [FromHeader(Name = "Stripe-Signature")] string? signature, ISender sender, CancellationToken ct) =>
        {
            using var body = new StreamReader(request.Body);
            await sender.Send(new Command(await body.ReadToEndAsync(ct), signature ?? ""), ct);
            return TypedResults.NoContent();
        })
        .ForAnyone()
        .WithName("HearStripe")
        .WithSummary("For Stripe's webhooks, signed by it.")
        .ProducesProblem(StatusCodes.Status400BadRequest);

    public sealed class Handler(IDocumentSession db, Outbox outbox, StripeSettings settings) : ICommandHandler<Command>
    {
        public async ValueTask<Unit> Handle(Command command, CancellationToken ct)
        {
            if (Checked(command).Data?.Object is PaymentIntent intent
                && Guid.TryParse(intent.Metadata?.GetValueOrDefault("order_id"), out var orderId)
                && await db.LoadAsync<Payment>(orderId, ct) is { State: PaymentState.Capturing, Provider: StripeProvider.Name })
                await outbox.Later(new CapturePayment(orderId));

            return Unit.Value;
        }

        private Event Checked(Command command)
        {
            try
            {
                return EventUtility.ConstructEvent(command.Json, command.Signature, settings.WebhookSecret, SecondsValid, throwOnApiVersionMismatch: false);
            }
            catch (StripeException)
            {
                // The caller's input: the library knows no softer way to say so.
                throw new InvalidException(new Dictionary<string, string[]> { ["Stripe-Signature"] = ["must be Stripe's signature of this body, not older than five minutes"] });
            }
        }
    }
}
