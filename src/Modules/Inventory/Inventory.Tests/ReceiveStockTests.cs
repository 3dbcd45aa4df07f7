using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using static Inventory.Tests.TheInventory;

namespace Inventory.Tests;

public sealed class ReceiveStockTests(TheInventory inventory)
{
    [Fact]
    public async Task a_delivery_can_be_sold_and_read_back()
    {
        var (a, b) = (ASku("a"), ASku("b"));

        var lines = new[] { new { sku = b, quantity = 7 }, new { sku = a, quantity = 2 }, new { sku = a, quantity = 3 } };
        var answer = await inventory.Post("receipts", new { reference = "D-1", lines });

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal(new Counters(5, 0, 0), await inventory.CountersOf(a));
        Assert.Equal(new Counters(7, 0, 0), await inventory.CountersOf(b));
        var receipt = (await inventory.Module.AsOperator().GetFromJsonAsync<JsonNode>(answer.Headers.Location))!;
        Assert.Equal("D-1", (string)receipt["reference"]!);
        Assert.Equal([(a, 2), (a, 3), (b, 7)], receipt["lines"]!.AsArray().Select(line => ((string)line!["sku"]!, (int)line["quantity"]!)).Order());
    }

    [Fact]
    public async Task a_repeated_request_is_answered_again_and_booked_once()
    {
        var (sku, key) = (ASku(), $"{Guid.NewGuid()}");
        var body = new { reference = "D-1", lines = new[] { new { sku, quantity = 7 } } };

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(async _ => await (await inventory.Post("receipts", body, key)).Content.ReadAsStringAsync()));

        Assert.Single(answers.Distinct());
        Assert.Equal(new Counters(7, 0, 0), await inventory.CountersOf(sku));
    }

    [Fact]
    public async Task deliveries_of_the_same_products_at_once_are_all_counted()
    {
        var skus = Enumerable.Range(0, 20).Select(_ => ASku()).ToArray();

        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => inventory.Receive((i % 2 == 0 ? skus : skus.Reverse()).Select(sku => (sku, 1)).ToArray())));

        foreach (var sku in skus) Assert.Equal(new Counters(10, 0, 0), await inventory.CountersOf(sku));
    }

    [Theory]
    [InlineData("""{"reference":"", "lines":[{"sku":"a","quantity":1}]}""", "reference")]
    [InlineData("""{"reference":"D", "lines":[]}""", "lines")]
    [InlineData("""{"reference":"D", "lines":[null]}""", "lines[0].sku")]
    [InlineData("""{"reference":"D", "lines":[{"sku":"a","quantity":1},{"sku":"","quantity":1}]}""", "lines[1].sku")]
    [InlineData("""{"reference":"D", "lines":[{"sku":"a\u0000","quantity":1}]}""", "lines[0].sku")]
    [InlineData("""{"reference":"D", "lines":[{"sku":"a/b","quantity":1}]}""", "lines[0].sku")]
    [InlineData("""{"reference":"D", "lines":[{"sku":"..","quantity":1}]}""", "lines[0].sku")]
    [InlineData("""{"reference":"D", "lines":[{"sku":"a ","quantity":1}]}""", "lines[0].sku")]
    [InlineData("""{"reference":"D", "lines":[{"sku":"12345678901234567890123456789012345678901","quantity":1}]}""", "lines[0].sku")]
    [InlineData("""{"reference":"D", "lines":[{"sku":"a","quantity":0}]}""", "lines[0].quantity")]
    [InlineData("""{"reference":"D", "lines":[{"sku":"a","quantity":1000001}]}""", "lines[0].quantity")]
    public async Task a_delivery_that_breaks_a_rule_is_refused_by_field(string body, string field)
    {
        var answer = await inventory.Post("receipts", body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.Equal("invalid", (string)problem["code"]!);
        Assert.NotNull(problem["errors"]![field]);
    }

    [Fact]
    public async Task more_than_a_thousand_lines_are_refused_and_a_thousand_are_not()
    {
        var skus = Enumerable.Range(0, 1_001).Select(_ => ASku()).ToArray();

        var tooMany = await inventory.Post("receipts", new { reference = "D", lines = skus.Select(sku => new { sku, quantity = 1 }) });
        var enough = await inventory.Post("receipts", new { reference = "D", lines = skus.Skip(1).Select(sku => new { sku, quantity = 1 }) });

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.Created), (tooMany.StatusCode, enough.StatusCode));
    }

    [Theory]
    [InlineData("""{"reference":"D"}""")]
    [InlineData("""{"reference":null, "lines":[{"sku":"a","quantity":1}]}""")]
    [InlineData("""{"reference":"D", "lines":[{"sku":"a","quantity":1.5}]}""")]
    [InlineData("""{"reference":"D", "lines":[{"sku":"a","quantity":99999999999}]}""")]
    [InlineData("[")]
    public async Task a_body_that_is_no_delivery_is_malformed(string body)
    {
        var answer = await inventory.Post("receipts", body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("request.malformed", (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["code"]!);
    }

    [Fact]
    public async Task only_operators_receive_and_only_with_a_key()
    {
        var body = new { reference = "D", lines = new[] { new { sku = ASku(), quantity = 1 } } };

        Assert.Equal(HttpStatusCode.Unauthorized, (await inventory.Module.Anonymous().PostAsJsonAsync("/v1/inventory/receipts", body)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await inventory.Module.As(Guid.NewGuid()).PostAsJsonAsync("/v1/inventory/receipts", body)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await inventory.Module.AsOperator().PostAsJsonAsync("/v1/inventory/receipts", body)).StatusCode);
    }
}
