using System.Net;
using Npgsql;
using Shared.Kernel;
using Stripe;
using Weasel.Postgresql.Tables;

namespace Billing;

/// <summary>
/// Stripe: a PaymentIntent for each order, made first and confirmed then. Only the confirmation takes money, and which intent it is of is written down before, on a connection of its own:
/// so an answer that was lost is looked up at Stripe, however late the order is asked for again, and not paid for by another intent. Idempotency keys, which Stripe forgets after a day, guard what lies between.
/// </summary>
internal sealed class StripeProvider(NpgsqlDataSource database, StripeSettings settings) : IPaymentProvider
{
    public const string Name = "stripe";

    // No retries of its own: the message is repeated, and what was done is looked up first.
    private readonly Lazy<StripeClient> _client = new(() => settings.SecretKey.Length > 0
        ? new StripeClient(settings.SecretKey, httpClient: new SystemNetHttpClient(new HttpClient { Timeout = TimeSpan.FromSeconds(30) }, maxNetworkRetries: 0, enableTelemetry: false), apiBase: settings.Api.OriginalString.TrimEnd('/'))
        : throw new InvalidOperationException("Billing:Stripe:SecretKey is not given, but a payment was made by Stripe: give it, for as long as such payments may be refunded."));

    public async Task<CaptureAnswer> Capture(Guid orderId, decimal amount, string currency, string token, CancellationToken ct)
    {
        if (amount == 0) return new CaptureTaken(""); // Stripe moves no nothing.

        var intents = new PaymentIntentService(_client.Value);
        try
        {
            var units = MinorUnits.Of(amount, currency);
            var intent = await KnownIntent(orderId, ct) is { } known
                ? await intents.GetAsync(known, cancellationToken: ct)
                : await Remember(orderId, await intents.CreateAsync(new PaymentIntentCreateOptions
                {
                    Amount = units,
                    Currency = currency.ToLowerInvariant(),
                    PaymentMethod = token,
                    AutomaticPaymentMethods = new() { Enabled = true, AllowRedirects = "never" },
                    Metadata = new() { ["order_id"] = $"{orderId}" },
                }, Key($"{orderId}"), ct), ct);
            if (intent.Amount != units || !string.Equals(intent.Currency, currency, StringComparison.OrdinalIgnoreCase))
                throw new RefusedException("provider.amount-changed", $"Another amount was asked for order {orderId} before ({intent.Amount} of the smallest unit of {intent.Currency}): it cannot be repeated with {amount} {currency}.");

            if (intent.Status == "requires_confirmation") intent = await intents.ConfirmAsync(intent.Id, new(), Key($"{orderId} confirm"), ct);
            if (intent.Status == "requires_action") intent = await intents.CancelAsync(intent.Id, new(), Key($"{orderId} cancel"), ct);
            return AnswerOf(intent);
        }
        catch (StripeException fault) when (fault.StripeError?.Type == "card_error")
        {
            // Stripe answers "no" by a fault.
            return new CaptureDeclined(fault.StripeError.Message);
        }
        catch (StripeException fault) when (fault.StripeError is { Code: "resource_missing", Param: "payment_method" })
        {
            return new CaptureDeclined("The means of payment is not known.");
        }
        catch (StripeException fault) when (IsFinal(fault) && fault.StripeError.Code != "payment_intent_unexpected_state")
        {
            // Nothing was moved, and asked again the answer is the same: too small an amount, a means of payment that was used before.
            return new CaptureDeclined(fault.StripeError.Message);
        }
        catch (RefusedException fault) when (fault.Code == "provider.fraction")
        {
            return new CaptureDeclined(fault.Message);
        }
    }

    public async Task<RefundAnswer> Refund(RefundRequest request, CancellationToken ct)
    {
        var units = MinorUnits.Of(request.Amount, request.Currency);
        var refunds = new RefundService(_client.Value);
        var made = (await refunds.ListAsync(new RefundListOptions { PaymentIntent = request.Reference, Limit = 100 }, cancellationToken: ct))
            .FirstOrDefault(refund => refund.Metadata.GetValueOrDefault("refund_id") == $"{request.RefundId}");

        try
        {
            made ??= await refunds.CreateAsync(new RefundCreateOptions
            {
                PaymentIntent = request.Reference,
                Amount = units,
                Metadata = new() { ["order_id"] = $"{request.OrderId}", ["refund_id"] = $"{request.RefundId}" },
            }, Key($"{request.OrderId} {request.RefundId}"), ct);
        }
        catch (StripeException fault) when (IsFinal(fault))
        {
            // To ask again would not help: a person is to look, who may have given it back at Stripe already.
            throw new RefusedException("provider.nothing-to-refund", $"Stripe does not give back refund {request.RefundId} of order {request.OrderId}: {fault.StripeError.Message} Look at {request.Reference} there.");
        }

        if (made.Amount != units) throw new RefusedException("provider.amount-changed", $"Refund {request.RefundId} was asked for with another amount before.");
        if (made.Status is "failed" or "canceled") throw new RefusedException("provider.refund-failed", $"Stripe could not give back refund {request.RefundId} of order {request.OrderId} ({made.Id}): look at it there.");
        return new RefundMade();
    }

    private static CaptureAnswer AnswerOf(PaymentIntent intent) => intent.Status switch
    {
        "succeeded" => new CaptureTaken(intent.Id),
        "requires_payment_method" => new CaptureDeclined(intent.LastPaymentError?.Message ?? "The card was declined."),
        "canceled" => new CaptureDeclined("The card asks its holder to confirm, which cannot be done here."),
        _ => throw new TimeoutException($"The payment {intent.Id} is still {intent.Status} at Stripe."),
    };

    // Of the same type is what passes: 429, too many requests or one beside this.
    private static bool IsFinal(StripeException fault) => fault is { HttpStatusCode: HttpStatusCode.BadRequest, StripeError.Type: "invalid_request_error" };

    private static RequestOptions Key(string key) => new() { IdempotencyKey = key };

    private async Task<string?> KnownIntent(Guid orderId, CancellationToken ct)
    {
        await using var command = database.CreateCommand("select intent from stripe_intents where order_id = $1");
        command.Parameters.Add(new() { Value = orderId });
        return (string?)await command.ExecuteScalarAsync(ct);
    }

    // Whoever comes second, with an intent of its own since the key was forgotten, goes on with the first.
    private async Task<PaymentIntent> Remember(Guid orderId, PaymentIntent intent, CancellationToken ct)
    {
        await using var command = database.CreateCommand("insert into stripe_intents (order_id, intent) values ($1, $2) on conflict (order_id) do update set intent = stripe_intents.intent returning intent");
        command.Parameters.Add(new() { Value = orderId });
        command.Parameters.Add(new() { Value = intent.Id });
        var first = (string)(await command.ExecuteScalarAsync(ct))!;
        return first == intent.Id ? intent : await new PaymentIntentService(_client.Value).GetAsync(first, cancellationToken: ct);
    }

    public static Table Table(string schema)
    {
        var table = new Table($"{schema}.stripe_intents");
        table.AddColumn("order_id", "uuid").AsPrimaryKey();
        table.AddColumn("intent", "text").NotNull();
        return table;
    }
}
