using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Catalog.Contracts;
using Grpc.Core;
using static Orders.Tests.OrdersUnderTest;

namespace Orders.Tests;

/// <summary>What is quoted is what an order then costs, and asking changes nothing.</summary>
public sealed class QuoteOrderTests(OrdersUnderTest orders) : IClassFixture<OrdersUnderTest>
{
    public static TheoryData<string, bool> Carts => new()
    {
        { "brick 1", false }, { "brick 1", true }, { "feather 3, feather 5, brick 2", false }, { "feather 3, brick 2, feather 7", true }, { "voucher 100000", false }, { "crumb 3", false }, { "crumb 1, crumb 1, crumb 1", true },
    };

    [Theory, MemberData(nameof(Carts))]
    public async Task an_order_costs_what_was_quoted(string cart, bool shippingIsAway)
    {
        await Stock();
        var lines = cart.Split(", ").Select(line => line.Split(' ')).Select(line => new { sku = line[0], quantity = int.Parse(line[1]) }).ToArray();
        if (shippingIsAway) orders.Shipping.IsAway();

        var quote = await Json(await Quote(new { lines, country = "AA" }));
        using var http = orders.Module.As(orders.Customer);
        var placed = await Json(await Place(http, new { lines, country = "AA", paymentToken = "t" }));
        orders.Shipping.IsWell();

        foreach (var same in new[] { "total", "currency", "shipping", "shippingEstimated" }) Assert.Equal(placed.GetProperty(same).GetRawText(), quote.GetProperty(same).GetRawText());
        var order = await orders.Order(placed.GetProperty("id").GetGuid());
        Assert.Equal(order.GetProperty("lines").GetRawText(), quote.GetProperty("lines").GetRawText());
        Assert.Equal(shippingIsAway, quote.GetProperty("shippingEstimated").GetBoolean());
        Assert.Equal(quote.GetProperty("total").GetDecimal(), quote.GetProperty("goods").GetDecimal() + quote.GetProperty("shipping").GetDecimal());
    }

    [Fact]
    public async Task tax_is_what_of_the_total_the_countrys_rate_says_and_not_told_elsewhere()
    {
        await Stock();
        var lines = new[] { new { sku = "brick", quantity = 2 } };

        var here = await Json(await Quote(new { lines }));
        var there = await Json(await Quote(new { lines, country = "AA" }));

        Assert.Equal((26.95m, "GB"), (here.GetProperty("total").GetDecimal(), here.GetProperty("country").GetString()));
        Assert.Equal((20m, 4.49m), (here.GetProperty("tax").GetProperty("rate").GetDecimal(), here.GetProperty("tax").GetProperty("amount").GetDecimal()));
        Assert.Equal(JsonValueKind.Null, there.GetProperty("tax").ValueKind);
    }

    [Fact]
    public async Task asked_twice_it_answers_twice_and_nothing_is_kept()
    {
        await Stock();
        var lines = new[] { new { sku = "brick", quantity = 1 } };

        var first = await (await Quote(new { lines, country = "QQ" })).Content.ReadAsStringAsync();
        var second = await (await Quote(new { lines, country = "QQ" })).Content.ReadAsStringAsync();

        Assert.Equal(first, second);
        Assert.Equal(2, orders.Shipping.Asked.Count(asked => asked.Country == "QQ"));
        Assert.Equal(0, await orders.Module.Query<long>("select count(*) from mt_doc_known_rate where data->>'country' = 'QQ'"));
        Assert.Equal(0, await orders.Module.Query<long>("select count(*) from mt_doc_order where data->>'country' = 'QQ'"));
    }

    [Fact]
    public async Task everything_that_is_not_for_sale_is_named_at_once_when_asking_and_when_ordering()
    {
        await Stock();
        await orders.Module.Deliver(new ProductWithdrawn("old lamp", 2));
        object[] lines = [new { sku = "old lamp", quantity = 1 }, new { sku = "brick", quantity = 1 }, new { sku = "no such thing", quantity = 1 }];
        using var http = orders.Module.As(orders.Customer);

        foreach (var answer in new[] { await Quote(new { lines }), await Place(http, new { lines, paymentToken = "t" }) })
        {
            Assert.Equal("Not for sale in GBP: 'old lamp' (withdrawn), 'no such thing' (unknown). Take them out of the order.", (await Json(answer)).GetProperty("detail").GetString());
            Assert.Equal((HttpStatusCode.Conflict, "product.not-for-sale"), await Problem(answer));
        }
    }

    [Fact]
    public async Task where_nothing_is_sent_nothing_is_quoted()
    {
        await Stock();
        orders.Shipping.Answer = (_, _) => throw new RpcException(new Status(StatusCode.FailedPrecondition, "Nothing is sent to FF."), new Metadata { { "code", "shipping.not-there" } });

        var answer = await Quote(new { lines = new[] { new { sku = "brick", quantity = 1 } }, country = "FF" });
        orders.Shipping.IsWell();

        Assert.Equal((HttpStatusCode.Conflict, "shipping.not-there"), await Problem(answer));
    }

    [Theory]
    [InlineData("""{"lines":[]}""", "lines")]
    [InlineData("""{"lines":[null]}""", "lines[0]")]
    [InlineData("""{"lines":[{"sku":"brick","quantity":1},{"sku":" ","quantity":1}]}""", "lines[1].sku")]
    [InlineData("""{"lines":[{"sku":"brick","quantity":0}]}""", "lines[0].quantity")]
    [InlineData("""{"lines":[{"sku":"brick","quantity":1}],"currency":"gbp"}""", "currency")]
    [InlineData("""{"lines":[{"sku":"brick","quantity":1}],"country":"G"}""", "country")]
    public async Task a_question_that_breaks_a_rule_is_refused_by_field(string body, string field)
    {
        var answer = await Quote(JsonDocument.Parse(body).RootElement);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid"), await Problem(answer));
        Assert.Equal(field, Assert.Single((await Json(answer)).GetProperty("errors").EnumerateObject()).Name);
    }

    [Fact]
    public async Task prices_are_answered_not_asked() => Assert.Equal((HttpStatusCode.BadRequest, "request.malformed"),
        await Problem(await Quote(new { lines = new[] { new { sku = "brick", quantity = 1, unitPrice = 1 } } })));

    // As anybody: a cart has a price before its owner signs in.
    private async Task<HttpResponseMessage> Quote(object body)
    {
        using var http = orders.Module.Anonymous();
        return await http.PostAsJsonAsync("/v1/orders/quote", body);
    }

    private async Task Stock()
    {
        await orders.Module.Deliver(new ProductPublished("brick", "A brick", 10m, "GBP", 1, 2_500));
        await orders.Module.Deliver(new ProductPublished("feather", "A feather", 1.005m, "GBP", 1, 1));
        await orders.Module.Deliver(new ProductPublished("voucher", "A voucher", 0.0001m, "GBP", 1, 0));
        await orders.Module.Deliver(new ProductPublished("crumb", "A crumb", 0.335m, "GBP", 1, 1));
    }
}
