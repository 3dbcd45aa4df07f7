using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using static Billing.Tests.TheBilling;

namespace Billing.Tests;

public sealed class ReadInvoicesTests(TheBilling billing)
{
    [Fact]
    public async Task invoices_and_credit_notes_are_the_customer_s_and_the_operators()
    {
        var (order, other) = (await billing.ACapturedOrder(), await billing.ACapturedOrder());
        var refund = (string)(await billing.Refund(order, 5))["id"]!;
        await billing.Module.AtRest();

        foreach (var path in (string[])[$"payments/{order.OrderId}/invoice", $"payments/{order.OrderId}/refunds/{refund}/credit-note"])
        {
            Assert.Equal(HttpStatusCode.OK, (await Get(billing.Module.As(order.CustomerId), path)).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await Get(billing.Module.AsOperator(), path)).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await Get(billing.Module.As(other.CustomerId), path)).StatusCode);
            Assert.Equal(HttpStatusCode.Unauthorized, (await Get(billing.Module.Anonymous(), path)).StatusCode);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await Get(billing.Module.As(other.CustomerId), $"payments/{other.OrderId}/refunds/{refund}/credit-note")).StatusCode);
    }

    [Fact]
    public async Task before_the_money_is_taken_there_is_no_invoice()
    {
        var order = AnOrder();
        await billing.Deliver(order);

        var answer = await Get(billing.Module.As(order.CustomerId), $"payments/{order.OrderId}/invoice");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal($"There is no invoice for order {order.OrderId}.", (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["detail"]!);
    }

    [Fact]
    public async Task a_series_is_listed_by_number_page_by_page()
    {
        var order = await billing.ACapturedOrder();
        await billing.Deliver(TheCancellationOf(order));
        await billing.ACapturedOrder();
        var year = TimeProvider.System.GetUtcNow().Year;

        var (numbers, after) = (new List<string>(), (string?)null);
        do
        {
            var page = await billing.Get($"invoices?limit=2{(after is null ? "" : $"&after={after}")}");
            numbers.AddRange(page["items"]!.AsArray().Select(entry => (string)entry!["number"]!));
            after = (string?)page["next"];
        }
        while (after is not null);
        var notes = (await billing.Get($"invoices?series=CN-{year}&limit=200"))["items"]!.AsArray();

        Assert.Equal(Enumerable.Range(1, numbers.Count).Select(number => $"{year}-{number:000000}"), numbers);
        Assert.Equal((20m, "EUR"), notes.Where(note => (Guid)note!["orderId"]! == order.OrderId && (Guid)note["refundId"]! == order.OrderId).Select(note => ((decimal)note!["total"]!, (string)note["currency"]!)).Single());
    }

    [Theory]
    [InlineData("after=2026-x", "after")]
    [InlineData("series=CN-2026&after=2026-000001", "after")]
    [InlineData("limit=0", "limit")]
    [InlineData("series=%01", "series")]
    public async Task a_wrong_question_names_what_is_wrong(string query, string field)
    {
        var answer = await Get(billing.Module.AsOperator(), $"invoices?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.NotNull((await answer.Content.ReadFromJsonAsync<JsonNode>())!["errors"]![field]);
    }

    [Fact]
    public async Task the_list_is_the_operators()
    {
        Assert.Equal(HttpStatusCode.Forbidden, (await Get(billing.Module.As(Guid.NewGuid()), "invoices")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Get(billing.Module.Anonymous(), "invoices")).StatusCode);
    }

    private static Task<HttpResponseMessage> Get(HttpClient client, string path) => client.GetAsync($"/v1/billing/{path}");
}
