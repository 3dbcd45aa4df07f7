using System.Net;
using Catalog.Contracts;
using Orders.Contracts;
using static Orders.Tests.OrdersUnderTest;

namespace Orders.Tests;

public sealed class PlaceOrderTests(OrdersUnderTest orders) : IClassFixture<OrdersUnderTest>
{
    [Fact]
    public async Task a_customer_orders_at_the_catalogues_prices()
    {
        await orders.Module.Deliver(new ProductPublished("jug", "A jug", 12.345m, "GBP", 1));
        using var http = orders.Module.As(orders.Customer);

        var answer = await Place(http, new { lines = new[] { new { sku = "jug", quantity = 1 }, new { sku = "jug", quantity = 3 } }, paymentToken = "tok_secret" });

        var placed = await Json(answer);
        var id = placed.GetProperty("id").GetGuid();
        Assert.Equal((HttpStatusCode.Created, $"/v1/orders/{id}"), (answer.StatusCode, answer.Headers.Location!.ToString()));
        Assert.Equal((49.39m, "GBP", "placed"), (placed.GetProperty("total").GetDecimal(), placed.GetProperty("currency").GetString(), placed.GetProperty("status").GetString()));

        var published = Assert.Single(await orders.Module.Published<OrderPlaced>(), order => order.OrderId == id);
        Assert.Equal((orders.Customer, 49.39m, "GBP", "tok_secret"), (published.CustomerId, published.Total, published.Currency, published.PaymentToken));
        Assert.Equal([new OrderLine("jug", 1, 12.345m, 12.35m, "A jug"), new OrderLine("jug", 3, 12.345m, 37.04m, "A jug")], published.Lines);
        Assert.Equal(0, await orders.Module.Query<long>("select count(*) from mt_events where data::text like '%tok_secret%'"));
    }

    [Fact]
    public async Task a_request_that_is_repeated_places_one_order()
    {
        using var http = orders.Module.AsOperator();
        var body = new { lines = new[] { new { sku = "mug", quantity = 1, unitPrice = 1.5m } }, paymentToken = "tok_1" };

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Place(http, body, "key-1")));

        var ids = new HashSet<Guid>();
        foreach (var answer in answers) ids.Add((await Json(answer)).GetProperty("id").GetGuid());
        Assert.Single(ids);
        Assert.Equal(1, await orders.Published<OrderPlaced>(order => order.OrderId, ids.Single()));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "idempotency-key.reused"), await Problem(await Place(http, body with { paymentToken = "tok_2" }, "key-1")));
    }

    [Fact]
    public async Task an_operator_orders_for_a_customer_at_prices_agreed()
    {
        using var http = orders.Module.AsOperator();
        var customer = Guid.CreateVersion7();

        var lines = new[] { new { sku = "never heard of", quantity = 100_000, unitPrice = 0.0001m } };
        var answer = await Place(http, new { lines, paymentToken = "tok_1", customerId = customer, currency = "EUR" });

        var order = await orders.Order((await Json(answer)).GetProperty("id").GetGuid());
        Assert.Equal((customer, 10.00m, "EUR"), (order.GetProperty("customerId").GetGuid(), order.GetProperty("total").GetDecimal(), order.GetProperty("currency").GetString()));
    }

    [Fact]
    public async Task a_customer_sets_neither_prices_nor_customers()
    {
        using var http = orders.Module.As(orders.Customer);

        Assert.Equal((HttpStatusCode.Forbidden, "order.price-not-yours"),
            await Problem(await Place(http, new { lines = new[] { new { sku = "mug", quantity = 1, unitPrice = 0.01m } }, paymentToken = "tok_1" })));
        Assert.Equal((HttpStatusCode.Forbidden, "order.customer-not-yours"),
            await Problem(await Place(http, new { lines = new[] { new { sku = "mug", quantity = 1 } }, paymentToken = "tok_1", customerId = Guid.CreateVersion7() })));
    }

    [Fact]
    public async Task what_is_not_for_sale_is_refused_and_leaves_nothing()
    {
        await orders.Module.Deliver(new ProductPublished("lamp", "A lamp", 5m, "GBP", 1));
        await orders.Module.Deliver(new ProductWithdrawn("lamp", 2));
        var customer = Guid.CreateVersion7();
        using var http = orders.Module.As(customer);

        foreach (var (sku, currency) in new[] { ("lamp", "GBP"), ("nothing", "GBP"), ("lamp", "EUR") })
        {
            var answer = await Place(http, new { lines = new[] { new { sku, quantity = 1 } }, paymentToken = "tok_1", currency });

            Assert.Contains(sku, (await Json(answer)).GetProperty("detail").GetString());
            Assert.Equal((HttpStatusCode.Conflict, "product.not-for-sale"), await Problem(answer));
        }

        Assert.Equal(0, await orders.Module.Query<long>("select count(*) from mt_doc_order where customer_id = $1", customer));
        Assert.Equal(0, await orders.Module.Query<long>("select count(*) from mt_doc_idempotentanswer where id like $1", $"{customer}%"));
    }

    [Fact]
    public async Task an_order_worth_nothing_is_refused()
    {
        using var http = orders.Module.AsOperator();

        Assert.Equal((HttpStatusCode.Conflict, "order.worthless"),
            await Problem(await Place(http, new { lines = new[] { new { sku = "mug", quantity = 1, unitPrice = 0.004m } }, paymentToken = "tok_1" })));
    }

    [Theory]
    [InlineData("""{"lines":[],"paymentToken":"t"}""", "lines")]
    [InlineData("""{"lines":[null],"paymentToken":"t"}""", "lines[0]")]
    [InlineData("""{"lines":[{"sku":"","quantity":1}],"paymentToken":"t"}""", "lines[0].sku")]
    [InlineData("""{"lines":[{"sku":"0123456789012345678901234567890123456789012345678901234567890123456789","quantity":1}],"paymentToken":"t"}""", "lines[0].sku")]
    [InlineData("""{"lines":[{"sku":"mug","quantity":0}],"paymentToken":"t"}""", "lines[0].quantity")]
    [InlineData("""{"lines":[{"sku":"mug","quantity":1},{"sku":"mug","quantity":100001}],"paymentToken":"t"}""", "lines[1].quantity")]
    [InlineData("""{"lines":[{"sku":"mug","quantity":1,"unitPrice":0}],"paymentToken":"t"}""", "lines[0].unitPrice")]
    [InlineData("""{"lines":[{"sku":"mug","quantity":1,"unitPrice":-1}],"paymentToken":"t"}""", "lines[0].unitPrice")]
    [InlineData("""{"lines":[{"sku":"mug","quantity":1,"unitPrice":1.00001}],"paymentToken":"t"}""", "lines[0].unitPrice")]
    [InlineData("""{"lines":[{"sku":"mug","quantity":1,"unitPrice":1000000.01}],"paymentToken":"t"}""", "lines[0].unitPrice")]
    [InlineData("""{"lines":[{"sku":"mug","quantity":1}],"paymentToken":" "}""", "paymentToken")]
    [InlineData("""{"lines":[{"sku":"mug","quantity":1}],"paymentToken":"t","currency":"pounds"}""", "currency")]
    [InlineData("""{"lines":[{"sku":"mug","quantity":1}],"paymentToken":"t","country":"gb"}""", "country")]
    [InlineData("""{"lines":[{"sku":"mug","quantity":1}],"paymentToken":"t","country":"GBR"}""", "country")]
    [InlineData("""{"lines":[{"sku":"mug","quantity":1}],"paymentToken":"t","shipping":-1}""", "shipping")]
    [InlineData("""{"lines":[{"sku":"mug","quantity":1}],"paymentToken":"t","shipping":1.001}""", "shipping")]
    public async Task input_that_breaks_a_rule_is_refused_by_field(string body, string field)
    {
        using var http = orders.Module.AsOperator();

        var answer = await Place(http, System.Text.Json.JsonDocument.Parse(body).RootElement);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid"), await Problem(answer));
        Assert.Equal(field, Assert.Single((await Json(answer)).GetProperty("errors").EnumerateObject()).Name);
    }

    [Fact]
    public async Task more_than_a_thousand_lines_are_refused()
    {
        using var http = orders.Module.AsOperator();

        var answer = await Place(http, new { lines = Enumerable.Repeat(new { sku = "mug", quantity = 1 }, 1_001), paymentToken = "t" });

        Assert.Equal((HttpStatusCode.BadRequest, "invalid"), await Problem(answer));
    }

    [Theory]
    [InlineData("""{"paymentToken":"t"}""")]
    [InlineData("""{"lines":null,"paymentToken":"t"}""")]
    [InlineData("""{"lines":[{"sku":"mug"}],"paymentToken":"t"}""")]
    [InlineData("""{"lines":[{"sku":"mug","quantity":"1"}],"paymentToken":"t"}""")]
    [InlineData("""{"lines":[{"sku":"mug","quantity":1}],"paymentToken":"t","total":1}""")]
    public async Task a_body_of_another_shape_is_refused(string body)
    {
        using var http = orders.Module.AsOperator();

        Assert.Equal((HttpStatusCode.BadRequest, "request.malformed"), await Problem(await Place(http, System.Text.Json.JsonDocument.Parse(body).RootElement)));
    }

    [Fact]
    public async Task a_key_and_a_token_are_required()
    {
        using var signed = orders.Module.AsOperator();
        using var anonymous = orders.Module.Anonymous();
        var body = new { lines = new[] { new { sku = "mug", quantity = 1, unitPrice = 1m } }, paymentToken = "t" };

        Assert.Equal((HttpStatusCode.BadRequest, "invalid"), await Problem(await Place(signed, body, "not visible")));
        Assert.Equal(HttpStatusCode.Unauthorized, (await Place(anonymous, body)).StatusCode);
    }
}
