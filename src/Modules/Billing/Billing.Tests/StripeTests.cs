using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Billing.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Orders.Contracts;
using Shared.Kernel;
using Shared.Testing;
using static Billing.Tests.TheBilling;

namespace Billing.Tests;

public sealed class StripeTests(WithStripe shop) : IClassFixture<WithStripe>
{
    private readonly StandInStripe _stripe = shop.Stripe;
    private readonly ModuleUnderTest _module = shop.Module;

    [Fact]
    public async Task the_money_is_taken_once_and_given_back_in_parts_though_answers_are_lost()
    {
        var order = AnOrder("pm_card_visa", 12.34m);
        _stripe.Loses = "/confirm";
        await Deliver(order);
        Assert.Equal(("captured", 1234L, "eur"), (await StateOf(order), _stripe.Of(order.OrderId).Amount, _stripe.Of(order.OrderId).Currency));

        _stripe.Loses = "/refunds";
        await Refund(order, 2.34m);
        await _module.Deliver(TheCancellationOf(order));
        await _module.AtRest();

        Assert.Equal(("refunded", 1234L), (await StateOf(order), _stripe.Of(order.OrderId).Refunded));
        Assert.Single(await _module.Published<PaymentCaptured>(), captured => captured.OrderId == order.OrderId);
        Assert.Equal([2.34m, 10m], (await _module.Published<PaymentRefunded>()).Where(refunded => refunded.OrderId == order.OrderId).OrderBy(refunded => refunded.Amount).Select(refunded => refunded.Amount));
    }

    [Fact]
    public async Task a_refund_that_is_asked_for_again_long_after_is_made_once_and_what_stripe_no_longer_has_is_refused()
    {
        var (provider, order, refund) = (Provider, Guid.CreateVersion7(), Guid.CreateVersion7());
        var taken = Assert.IsType<CaptureTaken>(await provider.Capture(order, 5m, "EUR", "pm_card_visa", default));
        RefundRequest Of(Guid id, decimal amount) => new(order, id, amount, "EUR", taken.Reference);

        for (var n = 0; n < 3; n++)
        {
            await provider.Refund(Of(refund, 2m), default);
            _stripe.ForgetKeys();
        }

        Assert.Equal(200, _stripe.Of(order).Refunded);
        Assert.Equal("provider.amount-changed", (await Assert.ThrowsAsync<RefusedException>(() => provider.Refund(Of(refund, 3m), default))).Code);
        Assert.Equal("provider.nothing-to-refund", (await Assert.ThrowsAsync<RefusedException>(() => provider.Refund(Of(Guid.CreateVersion7(), 4m), default))).Code);
        Assert.Equal(200, _stripe.Of(order).Refunded);
    }

    [Fact]
    public async Task an_answer_that_was_lost_is_looked_up_when_the_order_is_asked_for_again_long_after()
    {
        var provider = Provider;
        foreach (var (method, lost) in (IEnumerable<(string, string)>)[("pm_card_visa", "/confirm"), ("pm_card_visa", "/payment_intents"), ("pm_card_chargeDeclined", "/confirm")])
        {
            var order = Guid.CreateVersion7();
            _stripe.Loses = lost;
            await Assert.ThrowsAnyAsync<Exception>(() => provider.Capture(order, 5m, "EUR", method, default));
            _stripe.ForgetKeys();

            var answer = await provider.Capture(order, 5m, "EUR", method, default);
            Assert.Equal(answer, await provider.Capture(order, 5m, "EUR", method, default));

            if (method == "pm_card_visa") Assert.Equal(new CaptureTaken(_stripe.Of(order).Id), answer);
            else Assert.Equal(new CaptureDeclined("Your card was declined."), answer);
            Assert.Equal("provider.amount-changed", (await Assert.ThrowsAsync<RefusedException>(() => provider.Capture(order, 6m, "EUR", method, default))).Code);
        }
    }

    [Theory]
    [InlineData("pm_card_chargeDeclined", "Your card was declined.")]
    [InlineData("pm_card_authenticationRequired", "The card asks its holder to confirm, which cannot be done here.")]
    [InlineData("test-ok", "The means of payment is not known.")]
    public async Task a_card_that_is_declined_is_told_with_its_reason_and_moves_nothing(string method, string reason)
    {
        var order = AnOrder(method);

        await Deliver(order);

        Assert.Equal("declined", await StateOf(order));
        Assert.Equal(new PaymentDeclined(order.OrderId, reason), Assert.Single(await _module.Published<PaymentDeclined>(), declined => declined.OrderId == order.OrderId));
        Assert.DoesNotContain(_stripe.Intents, intent => intent.Order == $"{order.OrderId}" && intent.Status is "succeeded" or "requires_action");
        Assert.Equal(0, await _module.Query<long>("select count(*) from ledger where order_id = $1", order.OrderId));
    }

    [Theory]
    [InlineData("pm_card_usedBefore", 20, "EUR", "The provided PaymentMethod was previously used.")]
    [InlineData("pm_card_visa", 0.40, "EUR", "Amount must be at least €0.50 eur")]
    [InlineData("pm_card_visa", 12.5, "JPY", "12.5 JPY is no whole number of the currency's smallest unit: Stripe cannot move it.")]
    public async Task what_stripe_will_never_take_is_declined_and_not_asked_for_again(string method, decimal total, string currency, string reason)
    {
        var order = AnOrder(method, total) with { Currency = currency };

        await Deliver(order);

        Assert.Equal("declined", await StateOf(order));
        Assert.Equal(new PaymentDeclined(order.OrderId, reason), Assert.Single(await _module.Published<PaymentDeclined>(), declined => declined.OrderId == order.OrderId));
    }

    [Fact]
    public async Task what_waits_for_stripe_s_lock_is_asked_for_again()
    {
        var order = AnOrder("pm_card_visa");
        _stripe.Locks = "/confirm";
        await Deliver(order);
        _stripe.Locks = "/refunds";
        await Refund(order, 2.5m);

        Assert.Null(_stripe.Locks);
        Assert.Equal(("captured", 250L), (await StateOf(order), _stripe.Of(order.OrderId).Refunded));
        Assert.Single(await _module.Published<PaymentRefunded>(), refunded => refunded.OrderId == order.OrderId);
    }

    [Fact]
    public async Task a_part_that_is_no_whole_number_of_the_smallest_unit_is_refused_before_it_is_kept()
    {
        var order = AnOrder("pm_card_visa", 1200) with { Currency = "JPY" };
        await Deliver(order);

        var refused = await PostRefund(order, 10.5m);

        Assert.Equal((HttpStatusCode.Conflict, "provider.fraction"), (refused.StatusCode, (string)(await refused.Content.ReadFromJsonAsync<JsonNode>())!["code"]!));
        await Refund(order, 1200);
        Assert.Equal(1200, _stripe.Of(order.OrderId).Refunded);
    }

    [Fact]
    public async Task what_was_paid_before_the_provider_was_changed_is_given_back_where_it_was_paid()
    {
        var order = AnOrder("pm_card_visa");
        await Deliver(order);
        await _module.Query<int>("update mt_doc_payment set data = data - 'provider' where id = $1 returning 1", order.OrderId);
        await _module.Query<int>("insert into test_provider values ($1, 20, 'EUR', 1, 1, 20, 0, 0, null) returning 1", order.OrderId);

        await _module.Deliver(TheCancellationOf(order));
        await _module.AtRest();

        Assert.Equal(("refunded", 0L, 20m), (await StateOf(order), _stripe.Of(order.OrderId).Refunded, await _module.Query<decimal>("select refunded from test_provider where order_id = $1", order.OrderId)));
    }

    [Fact]
    public async Task stripe_s_events_are_taken_with_its_signature_only_and_a_replayed_one_takes_nothing_twice()
    {
        var order = AnOrder("pm_card_visa");
        await Deliver(order);
        var json = AnEvent(order);
        var now = TimeProvider.System.GetUtcNow();

        Assert.Equal(HttpStatusCode.NoContent, await Hear(json, Signed(json, now)));
        Assert.Equal(HttpStatusCode.NoContent, await Hear(json, Signed(json, now)));
        foreach (var wrong in (string?[])[null, "", "nonsense", Signed(json + " ", now), Signed(json, now, "another"), Signed(json, now.AddMinutes(-6))]) Assert.Equal(HttpStatusCode.BadRequest, await Hear(json, wrong));

        await _module.AtRest();
        Assert.Single(await _module.Published<PaymentCaptured>(), captured => captured.OrderId == order.OrderId);
        Assert.Single(_stripe.Intents, intent => intent.Order == $"{order.OrderId}");
    }

    [Fact]
    public async Task an_event_of_a_payment_that_still_waits_for_its_answer_asks_for_it()
    {
        var order = AnOrder("pm_card_visa");
        await Deliver(order);
        // As if the answer had never come.
        await _module.Query<int>("""update mt_doc_payment set data = data || '{"state": "Capturing", "captured": 0}' where id = $1 returning 1""", order.OrderId);
        await _module.Query<long>("with gone as (delete from ledger where order_id = $1 returning 1), gone_too as (delete from invoices where order_id = $1 returning 1) select count(*) from gone", order.OrderId);
        var json = AnEvent(order);

        Assert.Equal(HttpStatusCode.NoContent, await Hear(json, Signed(json, TimeProvider.System.GetUtcNow())));

        await _module.AtRest();
        Assert.Equal(("captured", 1), (await StateOf(order), _stripe.Intents.Count(intent => intent.Order == $"{order.OrderId}")));
    }

    [Theory]
    [InlineData(12.34, "EUR", 1234)]
    [InlineData(1200, "JPY", 1200)]
    [InlineData(1.234, "KWD", 1234)]
    public void amounts_are_counted_in_the_smallest_unit(decimal amount, string currency, long units)
    {
        Assert.Equal(units, MinorUnits.Of(amount, currency));
        Assert.Equal("provider.fraction", Assert.Throws<RefusedException>(() => MinorUnits.Of(amount + 0.0001m, currency)).Code);
    }

    private IPaymentProvider Provider => _module.ServicesOf("billing").GetRequiredKeyedService<IPaymentProvider>("stripe");

    private static string AnEvent(OrderPlaced order) => new JsonObject
    {
        ["id"] = "evt_1", ["object"] = "event", ["api_version"] = "2025-01-01", ["type"] = "payment_intent.succeeded",
        ["data"] = new JsonObject { ["object"] = new JsonObject { ["id"] = "pi_1", ["object"] = "payment_intent", ["metadata"] = new JsonObject { ["order_id"] = $"{order.OrderId}" } } },
    }.ToJsonString();

    private static string Signed(string json, DateTimeOffset at, string secret = WithStripe.Secret)
    {
        var time = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"t={time},v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{time}.{json}")))}";
    }

    private async Task<HttpStatusCode> Hear(string json, string? signature)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/billing/stripe/events") { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        if (signature is not null) request.Headers.TryAddWithoutValidation("Stripe-Signature", signature);
        return (await _module.Anonymous().SendAsync(request)).StatusCode;
    }

    private async Task Deliver(OrderPlaced order)
    {
        await _module.Deliver(order);
        await _module.Deliver(TheStockOf(order));
        await _module.AtRest();
    }

    private async Task Refund(OrderPlaced order, decimal amount)
    {
        Assert.Equal(HttpStatusCode.Created, (await PostRefund(order, amount)).StatusCode);
        await _module.AtRest();
    }

    private async Task<HttpResponseMessage> PostRefund(OrderPlaced order, decimal amount)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/billing/payments/{order.OrderId}/refunds") { Content = JsonContent.Create(new { amount, reason = "late" }), Headers = { { "Idempotency-Key", $"{Guid.NewGuid()}" } } };
        return await _module.AsOperator().SendAsync(request);
    }

    private async Task<string> StateOf(OrderPlaced order) => (string)(await _module.AsOperator().GetFromJsonAsync<JsonNode>($"/v1/billing/payments/{order.OrderId}"))!["state"]!;
}
