using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Billing.Contracts;
using Orders.Contracts;
using Shared.Testing;
using static Billing.Tests.TheBilling;

namespace Billing.Tests;

public sealed class RefundPartTests(TheBilling billing)
{
    [Fact]
    public async Task parts_are_given_back_and_told_one_by_one_and_the_order_stands()
    {
        var order = await billing.ACapturedOrder();

        var first = await billing.Refund(order, 5.50m, "One cup was broken.");
        var second = await billing.Refund(order, 14.50m);
        await billing.Module.AtRest();

        Assert.Equal(new Money(20, 20), await billing.MoneyOf(order));
        Assert.Equal("captured", await billing.StateOf(order));
        Assert.Equal([(5.50m, (string)first["id"]!), (14.50m, (string)second["id"]!)], (await billing.Module.Published<PaymentRefunded>()).Where(refunded => refunded.OrderId == order.OrderId).OrderBy(refunded => refunded.Amount).Select(refunded => (refunded.Amount, $"{refunded.RefundId}")));
        var refunds = (await billing.Get($"payments/{order.OrderId}/refunds"))["items"]!.AsArray();
        Assert.Equal(((string)first["id"]!, 5.50m, "EUR", "One cup was broken.", true),
            ((string)refunds[0]!["id"]!, (decimal)refunds[0]!["amount"]!, (string)refunds[0]!["currency"]!, (string)refunds[0]!["reason"]!, (bool)refunds[0]!["made"]!));
        Assert.Equal(2, await billing.Module.Query<long>("select count(*) from ledger where order_id = $1 and note = 'One cup was broken.'", order.OrderId));
    }

    [Fact]
    public async Task more_than_is_left_is_refused_and_the_most_is_named()
    {
        var order = await billing.ACapturedOrder();
        await billing.Refund(order, 15);

        var refused = await billing.PostRefund(order, new { amount = 5.01m, reason = "goodwill" });

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        var problem = (await refused.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.Equal("payment.refund-too-high", (string)problem["code"]!);
        Assert.EndsWith("at most 5 can be refunded.", (string)problem["detail"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task refunds_at_the_same_moment_never_give_back_more_than_was_captured()
    {
        var order = await billing.ACapturedOrder();

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => billing.PostRefund(order, new { amount = 6m, reason = "goodwill" })));

        Assert.All(answers, answer => Assert.Contains(answer.StatusCode, (HttpStatusCode[])[HttpStatusCode.Created, HttpStatusCode.Conflict]));
        var made = answers.Count(answer => answer.StatusCode == HttpStatusCode.Created);
        Assert.InRange(made, 1, 3);
        for (; made < 3; made++) await billing.Refund(order, 6);
        Assert.Equal(HttpStatusCode.Conflict, (await billing.PostRefund(order, new { amount = 6m, reason = "goodwill" })).StatusCode);
        Assert.Equal(new Money(20, 18), await billing.MoneyOf(order));
    }

    [Fact]
    public async Task a_repeated_request_is_answered_again_and_refunds_once()
    {
        var (order, key) = (await billing.ACapturedOrder(), Guid.NewGuid());
        var client = billing.Module.AsOperator();

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => billing.PostRefund(order, new { amount = 5m, reason = "late" }, key, client)));
        var again = await billing.PostRefund(order, new { amount = 5m, reason = "late" }, key, client);
        var other = await billing.PostRefund(order, new { amount = 6m, reason = "late" }, key, client);

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Created, answer.StatusCode));
        Assert.Equal(await answers[0].Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.Equal(new Money(20, 5), await billing.MoneyOf(order));
    }

    [Fact]
    public async Task a_message_that_comes_twice_refunds_once()
    {
        var order = await billing.ACapturedOrder();
        var refund = Guid.Parse((string)(await billing.Refund(order, 5))["id"]!);

        await billing.Module.Deliver(new MakeRefund(order.OrderId, refund));
        await billing.Module.Deliver(new MakeRefund(order.OrderId, Guid.NewGuid()));
        await billing.Module.AtRest();

        Assert.Equal(new Money(20, 5), await billing.MoneyOf(order));
        Assert.Single(await billing.Module.Published<PaymentRefunded>(), refunded => refunded.OrderId == order.OrderId);
    }

    [Fact]
    public async Task a_cancellation_gives_back_the_rest()
    {
        var order = await billing.ACapturedOrder();
        await billing.Refund(order, 5);
        await billing.Module.AtRest();

        await billing.Deliver(TheCancellationOf(order));

        Assert.Equal(new Money(20, 20), await billing.MoneyOf(order));
        Assert.Equal("refunded", await billing.StateOf(order));
        Assert.Equal([5m, 15m], (await billing.Module.Published<PaymentRefunded>()).Where(refunded => refunded.OrderId == order.OrderId).OrderBy(refunded => refunded.Amount).Select(refunded => refunded.Amount));
    }

    [Fact]
    public async Task a_cancellation_of_what_was_given_back_in_parts_asks_the_provider_for_nothing()
    {
        var order = await billing.ACapturedOrder();
        await billing.Refund(order, 20);
        await billing.Module.AtRest();

        await billing.Deliver(TheCancellationOf(order));

        Assert.Equal(new Money(20, 20), await billing.MoneyOf(order));
        Assert.Equal("refunded", await billing.StateOf(order));
        Assert.Equal(2, (int)(await billing.Get($"test-provider/{order.OrderId}"))["requests"]!);
    }

    [Fact]
    public async Task a_cancellation_while_the_provider_is_asked_for_a_part_gives_back_all_and_no_transaction_waits()
    {
        var order = await billing.ACapturedOrder();
        await using (await billing.TheProviderIsSlow())
        {
            await billing.Refund(order, 5);
            await Eventually.True(
                async () => await billing.SessionsThat("wait_event_type = 'Lock' and query like 'update test_provider%'") == 1, "the provider is being asked");
            Assert.Equal(0, await billing.SessionsThat("state = 'idle in transaction'"));

            await billing.Module.Deliver(TheCancellationOf(order));
            Assert.Equal("refunding", await billing.StateOf(order));
        }

        Assert.Equal(new Money(20, 20), await billing.MoneyOf(order));
        Assert.Equal("refunded", await billing.StateOf(order));
    }

    [Fact]
    public async Task a_payment_written_before_there_were_parts_is_refunded_in_parts()
    {
        var order = await billing.ACapturedOrder();
        await billing.Module.Query<int>("update mt_doc_payment set data = data - 'refunds' where id = $1 returning 1", order.OrderId);
        await billing.Module.Query<int>("update test_provider set parts = null where order_id = $1 returning 1", order.OrderId);

        await billing.Refund(order, 5);

        Assert.Equal(new Money(20, 5), await billing.MoneyOf(order));
    }

    [Theory]
    [InlineData("test-declined")]
    [InlineData("test-ok")]
    public async Task what_was_not_captured_or_is_given_back_already_is_not_refunded_in_parts(string token)
    {
        var order = AnOrder(token);
        await billing.Deliver(order, TheStockOf(order), TheCancellationOf(order));

        var refused = await billing.PostRefund(order, new { amount = 1m, reason = "goodwill" });

        Assert.Equal("payment.not-captured", (string)(await refused.Content.ReadFromJsonAsync<JsonNode>())!["code"]!);
    }

    [Theory]
    [InlineData("""{ "amount": 0, "reason": "a" }""", "amount")]
    [InlineData("""{ "amount": -1, "reason": "a" }""", "amount")]
    [InlineData("""{ "amount": 0.001, "reason": "a" }""", "amount")]
    [InlineData("""{ "amount": 1, "reason": " " }""", "reason")]
    [InlineData("""{ "amount": 1, "reason": "a\u0000" }""", "reason")]
    public async Task a_wrong_request_names_what_is_wrong(string body, string field)
    {
        var answer = await billing.PostRefund(AnOrder(), JsonNode.Parse(body)!);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.NotNull((await answer.Content.ReadFromJsonAsync<JsonNode>())!["errors"]![field]);
    }

    [Fact]
    public async Task only_operators_refund_and_only_they_and_the_customer_see_it()
    {
        var order = await billing.ACapturedOrder();
        var id = (string)(await billing.Refund(order, 5))["id"]!;
        var path = $"/v1/billing/payments/{order.OrderId}/refunds";

        Assert.Equal(HttpStatusCode.Unauthorized, (await billing.PostRefund(order, new { amount = 1, reason = "a" }, client: billing.Module.Anonymous())).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await billing.PostRefund(order, new { amount = 1, reason = "a" }, client: billing.Module.As(order.CustomerId))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await billing.PostRefund(AnOrder(), new { amount = 1, reason = "a" })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await billing.Module.As(order.CustomerId).GetAsync($"{path}/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await billing.Module.As(order.CustomerId).GetAsync($"{path}/{Guid.NewGuid()}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await billing.Module.As(Guid.NewGuid()).GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await billing.Module.As(Guid.NewGuid()).GetAsync($"{path}/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await billing.Module.Anonymous().GetAsync(path)).StatusCode);
    }
}
