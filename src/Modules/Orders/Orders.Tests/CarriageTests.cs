using System.Net;
using Catalog.Contracts;
using Grpc.Core;
using Orders.Contracts;
using Shared.Testing;
using Shipping.Contracts;
using static Orders.Tests.OrdersUnderTest;

namespace Orders.Tests;

/// <summary>What carrying an order costs: Shipping's rate, and what is done without Shipping. Each test has a country of its own, so that none knows another's rates.</summary>
public sealed class CarriageTests(OrdersUnderTest orders) : IClassFixture<OrdersUnderTest>
{
    [Fact]
    public async Task shippings_rate_for_weight_and_country_is_added()
    {
        var order = await Place("AA", ("brick", 2), ("feather", 10));

        Assert.Equal((2 * 10m + 10 * 1m + 6.95m, 6.95m, false, "AA"), order);
        Assert.Equal(("AA", 5_010L, "GBP"), orders.Shipping.Asked.Where(asked => asked.Country == "AA").Select(asked => (asked.Country, asked.WeightGrams, asked.Currency)).Single());
        var published = (await orders.Module.Published<OrderPlaced>()).Single(placed => placed.Country == "AA");
        Assert.Equal((36.95m, 6.95m, false), (published.Total, published.Shipping, published.ShippingEstimated));
    }

    [Fact]
    public async Task while_shipping_is_away_the_last_rate_for_such_an_order_is_taken()
    {
        await Place("BB", ("feather", 1));

        await WhileAsync(orders.Shipping.IsAway, async () =>
        {
            Assert.Equal((1_999m + 3.95m, 3.95m, true, "BB"), await Place("BB", ("feather", 1_999)));
            Assert.Equal((2_001m + 4.95m, 4.95m, true, "BB"), await Place("BB", ("feather", 2_001)));
        });

        Assert.Single(await orders.Module.Published<OrderPlaced>(), placed => placed is { Country: "BB", Shipping: 3.95m, ShippingEstimated: true });
    }

    [Fact]
    public async Task from_the_total_that_shipping_names_on_nothing_is_added_also_while_it_is_away()
    {
        await WhileAsync(() => orders.Shipping.Answer = (asked, _) => Task.FromResult(new QuoteReply { AmountMinor = 395, FromGrams = 1, UpToGrams = 2_000, FreeFromMinor = 5_000 }), async () =>
        {
            Assert.Equal((50m, 0m, false, "GG"), await Place("GG", ("feather", 50)));
            Assert.Equal((49m + 3.95m, 3.95m, false, "GG"), await Place("GG", ("feather", 49)));
        });

        await WhileAsync(orders.Shipping.IsAway, async () =>
        {
            Assert.Equal((0m, true), await Shipping("GG", ("feather", 50)));
            Assert.Equal((3.95m, true), await Shipping("GG", ("feather", 49)));
        });
    }

    [Fact]
    public async Task the_last_rate_is_the_newest()
    {
        await Place("CC", ("feather", 1));
        await WhileAsync(() => orders.Shipping.Answer = (asked, _) => Task.FromResult(new QuoteReply { AmountMinor = 123, FromGrams = 1, UpToGrams = 500 }), () => Place("CC", ("feather", 1)));

        await WhileAsync(orders.Shipping.IsAway, async () => Assert.Equal((1.23m, true), await Shipping("CC", ("feather", 1))));

        Assert.Equal(1, await orders.Module.Query<long>("select count(*) from mt_doc_known_rate where data->>'country' = 'CC'"));
    }

    [Fact]
    public async Task what_is_not_known_costs_a_flat_rate_and_nothing_to_carry_nothing() => await WhileAsync(orders.Shipping.IsAway, async () =>
    {
        Assert.Equal((4.95m, true), await Shipping("DD", ("brick", 1)));
        Assert.Equal((0m, true), await Shipping("DD", ("voucher", 1)));
    });

    [Fact]
    public async Task a_shipping_that_does_not_answer_does_not_stop_the_sale() =>
        await WhileAsync(() => orders.Shipping.Answer = async (_, ct) =>
        {
            await Task.Delay(Timeout.Infinite, ct);
            return new QuoteReply();
        }, async () => Assert.Equal((4.95m, true), await Shipping("EE", ("brick", 1))));

    [Fact]
    public async Task where_shipping_says_no_nothing_is_sold() =>
        await WhileAsync(() => orders.Shipping.Answer = (_, _) => throw new RpcException(new Status(StatusCode.FailedPrecondition, "Nothing is sent to FF."), new Metadata { { "code", "shipping.not-there" } }), async () =>
        {
            using var http = await Customer();
            var answer = await OrdersUnderTest.Place(http, Body("FF", ("brick", 1)));

            Assert.Contains("Nothing is sent to FF.", (await Json(answer)).GetProperty("detail").GetString());
            Assert.Equal((HttpStatusCode.Conflict, "shipping.not-there"), await Problem(answer));
        });

    [Fact]
    public async Task what_is_agreed_is_not_asked_for()
    {
        using var http = orders.Module.AsOperator();
        var lines = new[] { new { sku = "brick", quantity = 1, unitPrice = 5m } };

        var without = await Json(await OrdersUnderTest.Place(http, new { lines, paymentToken = "t", country = "JJ" }));
        var with = await Json(await OrdersUnderTest.Place(http, new { lines, paymentToken = "t", country = "JJ", shipping = 1.5m }));

        Assert.Equal((5m, 0m), (without.GetProperty("total").GetDecimal(), without.GetProperty("shipping").GetDecimal()));
        Assert.Equal((6.5m, 1.5m), (with.GetProperty("total").GetDecimal(), with.GetProperty("shipping").GetDecimal()));
        Assert.DoesNotContain(orders.Shipping.Asked, asked => asked.Country == "JJ");
    }

    [Fact]
    public async Task a_customer_does_not_agree_on_the_shipping()
    {
        using var http = await Customer();

        Assert.Equal((HttpStatusCode.Forbidden, "order.price-not-yours"),
            await Problem(await OrdersUnderTest.Place(http, new { lines = new[] { new { sku = "brick", quantity = 1 } }, paymentToken = "t", shipping = 0 })));
    }

    [Fact]
    public async Task while_shipping_keeps_failing_it_is_left_alone_and_then_asked_again()
    {
        await using var shipping = await StandInShipping.StartAsync();
        await using var module = await ModuleUnderTest.StartAsync(new OrdersModule(), new Dictionary<string, string?>
        {
            ["Calls:Addresses:shipping"] = $"{shipping.Address}", ["Calls:BreakAfter"] = "3", ["Calls:BreakFor"] = "00:00:02", ["Orders:FallbackShipping"] = "7.5",
        });
        await module.Deliver(new ProductPublished("brick", "A brick", 10m, "GBP", 1, 2_500));
        using var http = module.As(orders.Customer);
        shipping.IsAway();

        await Eventually.True(async () =>
        {
            var asked = shipping.Asked.Count;
            return await ShippingOf() == (7.5m, true) && shipping.Asked.Count == asked;
        }, "Shipping left alone");
        Assert.True(await Metric(module, "modular_calls_fallbacks_total") > 0);

        // The first after a while is let through, and finds it well.
        shipping.IsWell();
        await Eventually.True(async () => await ShippingOf() == (6.95m, false), "Shipping asked again");

        async Task<(decimal, bool)> ShippingOf()
        {
            var placed = await Json(await OrdersUnderTest.Place(http, Body("HH", ("brick", 1))));
            return (placed.GetProperty("shipping").GetDecimal(), placed.GetProperty("shippingEstimated").GetBoolean());
        }
    }

    private static object Body(string country, params (string Sku, int Quantity)[] lines) =>
        new { lines = lines.Select(line => new { sku = line.Sku, quantity = line.Quantity }), paymentToken = "t", country };

    private async Task WhileAsync(Action begin, Func<Task> then)
    {
        begin();
        try { await then(); }
        finally { orders.Shipping.IsWell(); }
    }

    private async Task<HttpClient> Customer()
    {
        await orders.Module.Deliver(new ProductPublished("brick", "A brick", 10m, "GBP", 1, 2_500));
        await orders.Module.Deliver(new ProductPublished("feather", "A feather", 1m, "GBP", 1, 1));
        await orders.Module.Deliver(new ProductPublished("voucher", "A voucher", 1m, "GBP", 1, 0));
        return orders.Module.As(orders.Customer);
    }

    private async Task<(decimal Total, decimal Shipping, bool Estimated, string? Country)> Place(string country, params (string Sku, int Quantity)[] lines)
    {
        using var http = await Customer();
        var answer = await OrdersUnderTest.Place(http, Body(country, lines));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var order = await orders.Order((await Json(answer)).GetProperty("id").GetGuid());
        return (order.GetProperty("total").GetDecimal(), order.GetProperty("shipping").GetDecimal(), order.GetProperty("shippingEstimated").GetBoolean(), order.GetProperty("country").GetString());
    }

    private async Task<(decimal, bool)> Shipping(string country, params (string Sku, int Quantity)[] lines)
    {
        var order = await Place(country, lines);
        return (order.Shipping, order.Estimated);
    }

    private static async Task<double> Metric(ModuleUnderTest module, string name)
    {
        using var http = module.Anonymous();
        var line = (await http.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Split('\n').Single(line => line.StartsWith(name + "{", StringComparison.Ordinal) && line.Contains("caller=\"orders\"", StringComparison.Ordinal));
        return double.Parse(line.Split(' ')[1]);
    }
}
