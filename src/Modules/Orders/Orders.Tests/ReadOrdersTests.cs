using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Billing.Contracts;
using static Orders.Tests.OrdersUnderTest;

namespace Orders.Tests;

/// <summary>One order, and its history.</summary>
public sealed class ReadOrdersTests(OrdersUnderTest orders) : IClassFixture<OrdersUnderTest>
{
    [Fact]
    public async Task a_customer_reads_their_order_and_its_version()
    {
        var id = await orders.AnOrder();
        await orders.Tell(id, "StockReserved");
        using var http = orders.Module.As(orders.Customer);

        var answer = await http.GetAsync(new Uri($"/v1/orders/{id}", UriKind.Relative));

        var order = await Json(answer);
        Assert.Equal("\"2\"", answer.Headers.ETag!.Tag);
        Assert.Equal(("reserved", 9.98m), (order.GetProperty("status").GetString(), order.GetProperty("total").GetDecimal()));
        Assert.Equal(4.99m, order.GetProperty("lines")[0].GetProperty("unitPrice").GetDecimal());
    }

    [Fact]
    public async Task an_order_from_before_shipping_had_a_price_is_read_and_goes_on()
    {
        var id = await orders.AnOrder();
        const string Older = "with older as (update mt_doc_order set data = data - 'country' - 'shipping' - 'shippingEstimated' where id = $1 returning 1), facts as (update mt_events set data = data - 'country' - 'shipping' - 'shippingEstimated' where stream_id = $1 returning 1) select count(*) from older, facts";
        Assert.Equal(1, await orders.Module.Query<long>(Older, id));

        await orders.Tell(id, "StockReserved", "PaymentCaptured");

        var order = await orders.Order(id);
        Assert.Equal(("confirmed", 9.98m, 0m), (order.GetProperty("status").GetString(), order.GetProperty("total").GetDecimal(), order.GetProperty("shipping").GetDecimal()));
        Assert.Equal(["placed", "stock-reserved", "payment-captured", "confirmed"], await orders.FactsOf(id));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/history")]
    public async Task somebody_elses_order_is_not_there(string what)
    {
        var id = await orders.AnOrder();
        using var stranger = orders.Module.As(Guid.CreateVersion7());
        using var anonymous = orders.Module.Anonymous();

        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await Problem(await stranger.GetAsync(new Uri($"/v1/orders/{id}{what}", UriKind.Relative))));
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await Problem(await stranger.GetAsync(new Uri($"/v1/orders/{Guid.CreateVersion7()}{what}", UriKind.Relative))));
        Assert.Equal(HttpStatusCode.Unauthorized, (await anonymous.GetAsync(new Uri($"/v1/orders/{id}{what}", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task a_history_tells_what_happened_when_and_is_paged_by_version()
    {
        var before = TimeProvider.System.GetUtcNow();
        var id = await orders.AnOrder();
        await orders.Tell(id, "PaymentCaptured", "StockReserved");
        using var http = orders.Module.As(orders.Customer);

        var first = await http.GetFromJsonAsync<JsonElement>($"/v1/orders/{id}/history?limit=3");
        var second = await http.GetFromJsonAsync<JsonElement>($"/v1/orders/{id}/history?limit=3&after={first.GetProperty("next").GetString()}");

        var entries = first.GetProperty("items").EnumerateArray().Concat(second.GetProperty("items").EnumerateArray()).ToList();
        Assert.Equal(["placed", "payment-captured", "stock-reserved", "confirmed"], entries.Select(entry => entry.GetProperty("fact").GetString()!));
        Assert.Equal(["placed", "payment-captured", "stock-reserved", "confirmed"], entries.Select(entry => entry.GetProperty("code").GetString()!));
        Assert.Equal("The payment of 9.98 GBP has arrived.", entries[1].GetProperty("text").GetString());
        Assert.Equal([1, 2, 3, 4], entries.Select(entry => entry.GetProperty("version").GetInt64()));
        Assert.Equal(9.98m, entries[1].GetProperty("data").GetProperty("amount").GetDecimal());
        Assert.All(entries, entry => Assert.InRange(entry.GetProperty("at").GetDateTimeOffset(), before.AddMinutes(-1), before.AddMinutes(1)));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next").ValueKind);
    }

    [Fact]
    public async Task refunds_in_parts_are_told_with_what_they_make_together_on_whatever_page()
    {
        var id = await orders.AnOrder();
        await orders.Tell(id, "StockReserved", "PaymentCaptured");
        foreach (var part in new[] { 2m, 3m, 4.98m }) await orders.Module.Deliver(new PaymentRefunded(id, part, "GBP"));
        using var http = orders.Module.As(orders.Customer);

        var steps = new List<(string, string)>();
        for (var version = 4; version < 7; version++)
        {
            var step = (await http.GetFromJsonAsync<JsonElement>($"/v1/orders/{id}/history?limit=1&after={version}")).GetProperty("items")[0];
            steps.Add((step.GetProperty("code").GetString()!, step.GetProperty("text").GetString()!));
        }

        Assert.Equal(
        [
            ("payment-refunded.part", "2.00 GBP was given back, which makes 2.00 GBP of 9.98 GBP."),
            ("payment-refunded.part", "3.00 GBP was given back, which makes 5.00 GBP of 9.98 GBP."),
            ("payment-refunded", "4.98 GBP was given back: with it everything that was paid."),
        ], steps);
    }

    [Theory]
    [InlineData("?limit=0")]
    [InlineData("?limit=201")]
    [InlineData("?after=-1")]
    public async Task a_history_that_cannot_be_is_refused(string query)
    {
        var id = await orders.AnOrder();
        using var http = orders.Module.As(orders.Customer);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid"), await Problem(await http.GetAsync(new Uri($"/v1/orders/{id}/history{query}", UriKind.Relative))));
    }
}
