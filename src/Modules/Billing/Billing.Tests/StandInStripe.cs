using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Billing.Tests;

/// <summary>
/// Stripe's HTTP API as its documentation describes it, of what the provider uses: PaymentIntents that are made and confirmed, refunds, idempotency keys, faults.
/// Means of payment are those of Stripe's test mode. It keeps books of its own, by which tests see what was done.
/// </summary>
public sealed class StandInStripe : IAsyncDisposable
{
    public const string Key = "sk_test_1";

    private readonly ConcurrentDictionary<string, (string Body, int Status, object Answer)> _kept = [];
    private readonly Lock _turn = new();
    private readonly WebApplication _application;

    public sealed record Intent(string Id, long Amount, string Currency, string Method, string Order)
    {
        public string Status { get; set; } = "requires_confirmation";
        public string? Error { get; set; }
        public long Refunded { get; set; }
    }

    public sealed record Refund(string Id, string Intent, long Amount, string OfRefund)
    {
        public string Status { get; init; } = "succeeded";
    }

    public List<Intent> Intents { get; } = [];
    public List<Refund> Refunds { get; } = [];

    /// <summary>The answer to the next request whose address ends so is lost on its way, after it was done.</summary>
    public string? Loses { get; set; }

    /// <summary>The next request whose address ends so is told that another one has the lock, before anything is done.</summary>
    public string? Locks { get; set; }

    public Uri Address => new(_application.Urls.Single());

    private StandInStripe()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _application = builder.Build();
        _application.MapPost("/v1/payment_intents", http => Once(http, form => Create(form)));
        _application.MapGet("/v1/payment_intents/{id}", http => Once(http, _ => Found(http, intent => (200, Shown(intent)))));
        _application.MapPost("/v1/payment_intents/{id}/confirm", http => Once(http, _ => Found(http, Confirm)));
        _application.MapPost("/v1/payment_intents/{id}/cancel", http => Once(http, _ => Found(http, Cancel)));
        _application.MapPost("/v1/refunds", http => Once(http, GiveBack));
        _application.MapGet("/v1/refunds", http => Once(http, _ =>
            (200, new { @object = "list", has_more = false, url = "/v1/refunds", data = Refunds.Where(refund => refund.Intent == http.Request.Query["payment_intent"]).Select(Shown).Reverse().ToArray() })));
    }

    public static async Task<StandInStripe> StartAsync()
    {
        var stripe = new StandInStripe();
        await stripe._application.StartAsync();
        return stripe;
    }

    /// <summary>As after a day.</summary>
    public void ForgetKeys() => _kept.Clear();

    public Intent Of(Guid order) => Intents.Single(intent => intent.Order == $"{order}" && intent.Status != "requires_confirmation");

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task Once(HttpContext http, Func<Dictionary<string, string>, (int, object)> act)
    {
        if (http.Request.Headers.Authorization != $"Bearer {Key}")
        {
            await Answer(http, Fault(401, "invalid_request_error", "Invalid API Key provided."));
            return;
        }

        if (Locks is { } locked && http.Request.Path.Value!.EndsWith(locked, StringComparison.Ordinal) && http.Request.Method == "POST")
        {
            Locks = null;
            await Answer(http, Fault(429, "invalid_request_error", "This object cannot be accessed right now because another API request or Stripe process is currently accessing it.", "lock_timeout"));
            return;
        }

        var form = http.Request.HasFormContentType ? (await http.Request.ReadFormAsync()).ToDictionary(field => field.Key, field => $"{field.Value}") : [];
        var (key, body) = ((string?)http.Request.Headers["Idempotency-Key"], string.Join('&', form.OrderBy(field => field.Key, StringComparer.Ordinal)) + http.Request.Path);
        (int Status, object Body) answer;
        lock (_turn)
        {
            if (key is not null && _kept.TryGetValue(key, out var kept))
                answer = kept.Body == body ? (kept.Status, kept.Answer) : Fault(400, "idempotency_error", "Keys for idempotent requests can only be used with the same parameters they were first used with.");
            else
            {
                answer = act(form);
                if (key is not null && http.Request.Method == "POST") _kept[key] = (body, answer.Status, answer.Body);
            }
        }

        if (Loses is { } lost && http.Request.Path.Value!.EndsWith(lost, StringComparison.Ordinal) && http.Request.Method == "POST")
        {
            Loses = null;
            http.Abort();
            return;
        }

        await Answer(http, answer);
    }

    private static Task Answer(HttpContext http, (int Status, object Body) answer)
    {
        http.Response.StatusCode = answer.Status;
        http.Response.Headers["Request-Id"] = "req_1";
        return http.Response.WriteAsJsonAsync(answer.Body);
    }

    private (int, object) Create(Dictionary<string, string> form)
    {
        if (!form["payment_method"].StartsWith("pm_card_", StringComparison.Ordinal)) return Fault(400, "invalid_request_error", $"No such PaymentMethod: '{form["payment_method"]}'", "resource_missing", "payment_method");

        var amount = long.Parse(form["amount"], System.Globalization.CultureInfo.InvariantCulture);
        if (amount < 50 && form["currency"] == "eur") return Fault(400, "invalid_request_error", "Amount must be at least €0.50 eur", "amount_too_small", "amount");

        Intents.Add(new Intent($"pi_{Intents.Count + 1}", amount, form["currency"], form["payment_method"], form["metadata[order_id]"]));
        return (200, Shown(Intents[^1]));
    }

    private (int, object) Found(HttpContext http, Func<Intent, (int, object)> act) =>
        Intents.SingleOrDefault(intent => intent.Id == (string)http.Request.RouteValues["id"]!) is { } intent ? act(intent) : Fault(404, "invalid_request_error", "No such payment_intent", "resource_missing", "intent");

    private (int, object) Confirm(Intent intent)
    {
        if (intent.Status != "requires_confirmation")
            return Fault(400, "invalid_request_error", $"This PaymentIntent could not be confirmed because it has a status of {intent.Status}.", "payment_intent_unexpected_state", intent: intent);

        if (intent.Method == "pm_card_usedBefore") return Fault(400, "invalid_request_error", "The provided PaymentMethod was previously used.", intent: intent);

        intent.Status = intent.Method switch { "pm_card_visa" => "succeeded", "pm_card_authenticationRequired" => "requires_action", _ => "requires_payment_method" };
        if (intent.Status != "requires_payment_method") return (200, Shown(intent));

        intent.Error = "Your card was declined.";
        return Fault(402, "card_error", intent.Error, "card_declined", intent: intent);
    }

    private static (int, object) Cancel(Intent intent)
    {
        intent.Status = "canceled";
        return (200, Shown(intent));
    }

    private (int, object) GiveBack(Dictionary<string, string> form)
    {
        var (intent, amount) = (Intents.Single(intent => intent.Id == form["payment_intent"]), long.Parse(form["amount"], System.Globalization.CultureInfo.InvariantCulture));
        if (intent.Status != "succeeded" || intent.Refunded + amount > intent.Amount) return Fault(400, "invalid_request_error", "Refund amount is greater than unrefunded amount on charge", "charge_already_refunded");

        intent.Refunded += amount;
        Refunds.Add(new Refund($"re_{Refunds.Count + 1}", intent.Id, amount, form["metadata[refund_id]"]));
        return (200, Shown(Refunds[^1]));
    }

    private static object Shown(Intent intent) => new
    {
        id = intent.Id, @object = "payment_intent", amount = intent.Amount, currency = intent.Currency, status = intent.Status, metadata = new { order_id = intent.Order },
        last_payment_error = intent.Error is null ? null : new { type = "card_error", code = "card_declined", message = intent.Error },
    };

    private static object Shown(Refund refund) => new { id = refund.Id, @object = "refund", amount = refund.Amount, payment_intent = refund.Intent, status = refund.Status, metadata = new { refund_id = refund.OfRefund } };

    private static (int, object) Fault(int status, string type, string message, string? code = null, string? param = null, Intent? intent = null) =>
        (status, new { error = new { type, message, code, param, payment_intent = intent is null ? null : Shown(intent) } });
}
