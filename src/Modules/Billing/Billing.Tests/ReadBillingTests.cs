using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Npgsql;
using Orders.Contracts;
using static Billing.Tests.TheBilling;

namespace Billing.Tests;

public sealed class ReadBillingTests(TheBilling billing)
{
    [Fact]
    public async Task a_payment_is_its_customers_and_the_operators_and_shows_no_token()
    {
        var order = AnOrder();
        await billing.Deliver(order);
        var path = $"/v1/billing/payments/{order.OrderId}";

        var own = await billing.Module.As(order.CustomerId).GetStringAsync(path);

        Assert.Equal("EUR", (string)JsonNode.Parse(own)!["currency"]!);
        Assert.DoesNotContain("test-ok", own);
        Assert.Equal(HttpStatusCode.OK, (await billing.Module.AsOperator().GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await billing.Module.As(Guid.NewGuid()).GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await billing.Module.Anonymous().GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task a_payment_whose_order_is_not_known_yet_is_nobodys_but_the_operators()
    {
        var order = AnOrder();
        await billing.Deliver(TheStockOf(order));

        Assert.Equal(HttpStatusCode.NotFound, (await billing.Module.As(order.CustomerId).GetAsync($"/v1/billing/payments/{order.OrderId}")).StatusCode);
        Assert.Equal("waiting", await billing.StateOf(order));
    }

    [Fact]
    public async Task payments_are_listed_page_by_page()
    {
        OrderPlaced[] orders = [AnOrder(), AnOrder(), AnOrder()];
        await billing.Deliver(orders);

        var seen = new List<string>();
        for (string? after = ""; after is not null;)
        {
            var page = await billing.Get($"payments?limit=2{(after == "" ? "" : $"&after={after}")}");
            Assert.InRange(page["items"]!.AsArray().Count, 1, 2);
            seen.AddRange(page["items"]!.AsArray().Select(payment => (string)payment!["orderId"]!));
            after = (string?)page["next"];
        }

        Assert.Equal(seen.Distinct().Order(StringComparer.Ordinal), seen);
        Assert.All(orders, order => Assert.Contains($"{order.OrderId}", seen));
    }

    [Fact]
    public async Task the_ledger_shows_an_orders_two_postings_page_by_page_and_balances()
    {
        var order = AnOrder();
        await billing.Deliver(order, TheStockOf(order), TheCancellationOf(order));

        var first = await billing.Get($"ledger?orderId={order.OrderId}&limit=3");
        var second = await billing.Get($"ledger?orderId={order.OrderId}&limit=3&after={first["next"]}");

        var lines = first["items"]!.AsArray().Concat(second["items"]!.AsArray())
            .Select(line => ((string)line!["account"]!, (decimal)line["debit"]!, (decimal)line["credit"]!)).ToList();
        Assert.Equal([("provider", 0m, 20m), ("provider", 20m, 0m), ("refunds", 20m, 0m), ("sales", 0m, 20m)], lines.Order());
        Assert.True((bool)(await billing.Get("trial-balance"))["balanced"]!);
        Assert.NotEmpty((await billing.Get("ledger?limit=2"))["items"]!.AsArray());
    }

    [Fact]
    public async Task a_posting_can_exist_only_once_and_has_one_side()
    {
        var order = AnOrder();
        await billing.Deliver(order, TheStockOf(order));

        await Refuses("insert into ledger select * from ledger where order_id = $1 returning line", PostgresErrorCodes.UniqueViolation);
        await Refuses("update ledger set debit = 1, credit = 1 where order_id = $1 returning line", PostgresErrorCodes.CheckViolation);

        async Task Refuses(string sql, string code) =>
            Assert.Equal(code, (await Assert.ThrowsAsync<PostgresException>(() => billing.Module.Query<int>(sql, order.OrderId))).SqlState);
    }

    [Theory]
    [InlineData("payments/0199a0c0-0000-7000-8000-000000000000", HttpStatusCode.NotFound)]
    [InlineData("payments?limit=0", HttpStatusCode.BadRequest)]
    [InlineData("payments?after=b", HttpStatusCode.BadRequest)]
    [InlineData("ledger?limit=201", HttpStatusCode.BadRequest)]
    [InlineData("ledger?after=b.1", HttpStatusCode.BadRequest)]
    [InlineData("ledger?orderId=b", HttpStatusCode.BadRequest)]
    [InlineData("test-provider/0199a0c0-0000-7000-8000-000000000000", HttpStatusCode.NotFound)]
    public async Task what_cannot_be_read_is_a_problem(string path, HttpStatusCode status)
    {
        var answer = await billing.Module.AsOperator().GetAsync($"/v1/billing/{path}");

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("payments")]
    [InlineData("ledger")]
    [InlineData("trial-balance")]
    [InlineData("test-provider/0199a0c0-0000-7000-8000-000000000000")]
    public async Task what_is_the_operators_is_not_the_customers(string path) =>
        Assert.Equal(HttpStatusCode.Forbidden, (await billing.Module.As(Guid.NewGuid()).GetAsync($"/v1/billing/{path}")).StatusCode);
}
