using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using static Billing.Tests.TheBilling;

namespace Billing.Tests;

public sealed class ReadOpenItemsTests(TheBilling billing)
{
    [Fact]
    public async Task what_is_owed_is_listed_by_its_day_page_by_page_and_what_is_overdue_by_itself()
    {
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        var orders = new List<Guid>();
        foreach (var day in (int[])[0, -1, -30])
        {
            var order = await billing.ACapturedOrder("invoice");
            await billing.Module.Query<int>("update open_items set due_on = $2 where item = $1 returning 1", order.OrderId, today.AddDays(day));
            orders.Add(order.OrderId);
        }

        var (seen, after) = (new List<Guid>(), (string?)null);
        do
        {
            var page = await billing.Get($"receivables?limit=1{(after is null ? "" : $"&after={after}")}");
            seen.Add((Guid)page["items"]![0]!["orderId"]!);
            after = (string?)page["next"];
        }
        while (after is not null);
        var overdue = (await billing.Get("receivables?overdue=true"))["items"]!.AsArray().Select(item => (Guid)item!["orderId"]!);

        Assert.Distinct(seen);
        Assert.Equal([orders[2], orders[1], orders[0]], seen.Where(orders.Contains));
        Assert.Equal([orders[2], orders[1]], overdue.Where(orders.Contains));
    }

    [Theory]
    [InlineData("receivables?limit=0", "limit")]
    [InlineData("receivables?after=2026-12-24", "after")]
    [InlineData("transfers?after=24.12.2026", "after")]
    public async Task a_wrong_question_names_what_is_wrong(string path, string field) => await Names(await billing.Module.AsOperator().GetAsync($"/v1/billing/{path}"), field);

    [Theory]
    [InlineData("""{ "amount": 0, "currency": "EUR", "reference": "a" }""", "amount")]
    [InlineData("""{ "amount": 0.00001, "currency": "EUR", "reference": "a" }""", "amount")]
    [InlineData("""{ "amount": 1, "currency": "eur", "reference": "a" }""", "currency")]
    [InlineData("""{ "amount": 1, "currency": "EUR", "reference": " " }""", "reference")]
    public async Task a_wrong_receipt_names_what_is_wrong(string body, string field) => await Names(await billing.Post($"payments/{Guid.NewGuid()}/receipt", JsonNode.Parse(body)!), field);

    [Fact]
    public async Task a_wrong_transfer_names_what_is_wrong() =>
        await Names(await billing.Post($"payments/{Guid.NewGuid()}/refunds/{Guid.NewGuid()}/transfer", new { reference = "a\u0000" }), "reference");

    [Fact]
    public async Task only_operators_see_and_record_what_comes_and_goes()
    {
        var order = await billing.ACapturedOrder("invoice");
        var (receipt, transfer) = ($"payments/{order.OrderId}/receipt", $"payments/{order.OrderId}/refunds/{order.OrderId}/transfer");

        foreach (var (client, status) in (IEnumerable<(HttpClient, HttpStatusCode)>)[(billing.Module.Anonymous(), HttpStatusCode.Unauthorized), (billing.Module.As(order.CustomerId), HttpStatusCode.Forbidden)])
        {
            Assert.Equal(status, (await billing.Post(receipt, new { amount = 20, currency = "EUR", reference = "a" }, client: client)).StatusCode);
            Assert.Equal(status, (await billing.Post(transfer, new { reference = "a" }, client: client)).StatusCode);
            Assert.Equal(status, (await client.GetAsync("/v1/billing/receivables")).StatusCode);
            Assert.Equal(status, (await client.GetAsync("/v1/billing/transfers")).StatusCode);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await billing.Post($"payments/{Guid.NewGuid()}/receipt", new { amount = 20, currency = "EUR", reference = "a" })).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await billing.Post(transfer, new { reference = "a" })).StatusCode);
    }

    private static async Task Names(HttpResponseMessage answer, string field)
    {
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.NotNull((await answer.Content.ReadFromJsonAsync<JsonNode>())!["errors"]![field]);
    }
}
