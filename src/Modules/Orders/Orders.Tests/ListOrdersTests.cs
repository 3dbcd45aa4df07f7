using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using static Orders.Tests.OrdersUnderTest;

namespace Orders.Tests;

/// <summary>Lists of orders: whose, of which status, product and time.</summary>
public sealed class ListOrdersTests(OrdersUnderTest orders) : IClassFixture<OrdersUnderTest>
{
    [Fact]
    public async Task a_customer_lists_their_own_orders_newest_first_page_by_page()
    {
        var customer = Guid.CreateVersion7();
        var placed = new List<Guid>();
        for (var i = 0; i < 5; i++) placed.Add(await orders.AnOrder(customer));
        await orders.AnOrder(Guid.CreateVersion7());
        using var http = orders.Module.As(customer);

        var seen = new List<Guid>();
        var pages = 0;
        for (string? after = ""; after is not null; pages++)
        {
            var page = await http.GetFromJsonAsync<JsonElement>($"/v1/orders?limit=2{after}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(order => order.GetProperty("id").GetGuid()));
            after = page.GetProperty("next").GetString() is { } next ? $"&after={next}" : null;
        }

        Assert.Equal(placed.AsEnumerable().Reverse(), seen);
        Assert.Equal(3, pages);
    }

    [Fact]
    public async Task an_operator_lists_everybodys_orders_by_status()
    {
        Guid mine = await orders.AnOrder(), cancelled = await orders.AnOrder(Guid.CreateVersion7());
        await orders.Tell(cancelled, "StockRejected");
        using var http = orders.Module.AsOperator();

        var all = await http.GetFromJsonAsync<JsonElement>("/v1/orders?limit=200");
        var called = await http.GetFromJsonAsync<JsonElement>("/v1/orders?limit=200&status=cancelled");

        Assert.Superset(new HashSet<Guid> { mine, cancelled }, Ids(all));
        var entry = called.GetProperty("items").EnumerateArray().Single(order => order.GetProperty("id").GetGuid() == cancelled);
        Assert.Equal(("cancelled", 9.98m, "GBP"), (entry.GetProperty("status").GetString(), entry.GetProperty("total").GetDecimal(), entry.GetProperty("currency").GetString()));
        Assert.Equal((await orders.Order(cancelled)).GetProperty("placedAt").GetDateTimeOffset(), entry.GetProperty("placedAt").GetDateTimeOffset());
        Assert.DoesNotContain(mine, Ids(called));

        static HashSet<Guid> Ids(JsonElement page) => [.. page.GetProperty("items").EnumerateArray().Select(order => order.GetProperty("id").GetGuid())];
    }

    [Theory]
    [InlineData("?limit=0", "invalid")]
    [InlineData("?limit=201", "invalid")]
    [InlineData("?status=lost", "invalid")]
    [InlineData("?after=yesterday", "request.malformed")]
    public async Task a_list_that_cannot_be_is_refused(string query, string code)
    {
        using var http = orders.Module.As(orders.Customer);

        Assert.Equal((HttpStatusCode.BadRequest, code), await Problem(await http.GetAsync(new Uri($"/v1/orders{query}", UriKind.Relative))));
    }

    [Theory]
    [InlineData("?status=lost", "status", "must be one of placed, reserved, confirmed, cancelling, cancelled, dispatched, completed")]
    [InlineData("?status=", "status", "must be one of placed")]
    [InlineData("?customer=0199c0de-0000-7000-8000-000000000001", "customer", "only operators")]
    [InlineData("?customer=me", "customer", "must be an account's id")]
    [InlineData("?sku=mug", "sku", "only operators")]
    [InlineData("?from=2026-01-02T00:00:00Z&to=2026-01-02", "to", "must be later than from")]
    [InlineData("?from=1970-12-31", "from", "of the years 1971 to 9998")]
    [InlineData("?to=9999-01-01", "to", "of the years 1971 to 9998")]
    [InlineData("?from=yesterday", "from", "such as 2026-01-31")]
    [InlineData("?from=2026-01-31T18:30:00+01:00", "from", "is written %2B")]
    [InlineData("?to=31.01.2026", "to", "such as 2026-01-31")]
    public async Task a_wrong_filter_is_named_with_its_rule(string query, string filter, string rule)
    {
        using var http = orders.Module.As(orders.Customer);

        var error = Assert.Single((await Json(await http.GetAsync(new Uri($"/v1/orders{query}", UriKind.Relative)))).GetProperty("errors").EnumerateObject());

        Assert.Equal(filter, error.Name);
        Assert.Contains(rule, error.Value[0].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("%00")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789")]
    public async Task a_sku_that_cannot_be_is_named(string sku)
    {
        using var http = orders.Module.AsOperator();

        var answer = await Json(await http.GetAsync(new Uri($"/v1/orders?sku={sku}", UriKind.Relative)));

        Assert.Equal("sku", Assert.Single(answer.GetProperty("errors").EnumerateObject()).Name);
    }

    [Fact]
    public async Task an_operator_lists_the_orders_of_a_product_wherever_it_stands_in_them()
    {
        using var http = orders.Module.AsOperator();
        var (rare, common) = ($"rare\"é% {Guid.CreateVersion7():N}", $"common {Guid.CreateVersion7():N}");
        Guid both = await Of(common, rare), first = await Of(rare), without = await Of(common);

        Assert.Equal([first, both], await Listed($"?sku={Uri.EscapeDataString(rare)}"));
        Assert.Equal([without, both], await Listed($"?sku={common}&status=placed"));
        Assert.Empty(await Listed($"?sku={common[..^1]}"));

        async Task<Guid> Of(params string[] skus) =>
            (await Json(await Place(http, new { lines = skus.Select(sku => new { sku, quantity = 1, unitPrice = 1m }), paymentToken = "t" }))).GetProperty("id").GetGuid();
    }

    [Fact]
    public async Task an_operator_lists_one_customers_orders_and_a_customer_may_say_that_they_mean_their_own()
    {
        var customer = Guid.CreateVersion7();
        Guid first = await orders.AnOrder(customer), second = await orders.AnOrder(customer);
        await orders.AnOrder();
        await orders.Tell(first, "StockRejected");
        using var own = orders.Module.As(customer);

        Assert.Equal([second, first], await Listed($"?customer={customer}"));
        Assert.Equal([first], await Listed($"?customer={customer}&status=cancelled"));
        Assert.Equal([second, first], await Listed($"?customer={customer}", own));
        using var anonymous = orders.Module.Anonymous();
        Assert.Equal(HttpStatusCode.Unauthorized, (await anonymous.GetAsync(new Uri($"/v1/orders?customer={customer}", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task a_period_begins_with_its_first_moment_and_ends_before_its_last()
    {
        var customer = Guid.CreateVersion7();
        var ids = new List<Guid>();
        for (var i = 0; i < 3; i++) ids.Add(await orders.AnOrder(customer));
        var times = new List<string>();
        foreach (var id in ids) times.Add(Uri.EscapeDataString($"{(await orders.Order(id)).GetProperty("placedAt").GetDateTimeOffset():O}"));

        Assert.Equal([ids[1], ids[0]], await Listed($"?customer={customer}&from={times[0]}&to={times[2]}"));
        Assert.Equal([ids[2], ids[1]], await Listed($"?customer={customer}&from={times[1]}"));
        Assert.Equal([ids[0]], await Listed($"?customer={customer}&to={times[1]}"));
        Assert.Empty(await Listed($"?customer={customer}&to={DateTimeOffset.Parse(Uri.UnescapeDataString(times[0]), System.Globalization.CultureInfo.InvariantCulture):yyyy-MM-dd}"));
        Assert.Equal([ids[0]], await Listed($"?customer={customer}&limit=1&to={times[2]}&after={ids[1]}"));
        Assert.Equal([ids[1]], await Listed($"?status=placed&customer={customer}&from={times[1]}&to={times[2]}"));
    }

    private async Task<IReadOnlyList<Guid>> Listed(string query, HttpClient? http = null)
    {
        using var operatorsOwn = orders.Module.AsOperator();
        var page = await (http ?? operatorsOwn).GetFromJsonAsync<JsonElement>($"/v1/orders{query}");
        return [.. page.GetProperty("items").EnumerateArray().Select(order => order.GetProperty("id").GetGuid())];
    }
}
