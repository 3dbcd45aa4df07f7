using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Inventory.Contracts;
using static Inventory.Tests.TheInventory;

namespace Inventory.Tests;

public sealed class CorrectStockTests(TheInventory inventory)
{
    [Fact]
    public async Task a_count_adds_or_takes_away()
    {
        var sku = ASku();
        await inventory.Receive((sku, 10));

        Assert.Equal(HttpStatusCode.Created, (await inventory.Post("corrections", new { sku, quantity = 2, reason = "found" })).StatusCode);
        var answer = await inventory.Post("corrections", new { sku, quantity = -12, reason = "stolen" });

        Assert.Equal(0, (int)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["onHand"]!);
        Assert.Equal(new Counters(0, 0, 0), await inventory.CountersOf(sku));
        Assert.Equal(-10, await inventory.Module.Query<long>("select corrected from stock where sku = $1", sku));
        Assert.Equal(HttpStatusCode.OK, (await inventory.Module.AsOperator().GetAsync(answer.Headers.Location)).StatusCode);
        Assert.Equal(new StockLow(sku, 0), Assert.Single(await inventory.Module.Published<StockLow>(), low => low.Sku == sku));
    }

    [Fact]
    public async Task what_is_set_aside_cannot_be_taken_away()
    {
        var sku = ASku();
        await inventory.Receive((sku, 10));
        await inventory.Module.Deliver(AnOrder((sku, 8)));

        var answer = await inventory.Post("corrections", new { sku, quantity = -3, reason = "broken" });

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal("stock.below-zero", (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["code"]!);
        Assert.Equal(new Counters(2, 8, 0), await inventory.CountersOf(sku));
    }

    [Fact]
    public async Task corrections_at_once_never_take_more_than_there_is()
    {
        var sku = ASku();
        await inventory.Receive((sku, 5));

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => inventory.Post("corrections", new { sku, quantity = -1, reason = "broken" })));

        Assert.Equal(5, answers.Count(answer => answer.StatusCode == HttpStatusCode.Created));
        Assert.Equal(5, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
        Assert.Equal(new Counters(0, 0, 0), await inventory.CountersOf(sku));
    }

    [Fact]
    public async Task a_correction_repeated_at_once_is_answered_with_the_first_ones_success()
    {
        var (sku, key) = (ASku(), $"{Guid.NewGuid()}");
        await inventory.Receive((sku, 3));

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => inventory.Post("corrections", new { sku, quantity = -3, reason = "broken" }, key)));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Created, answer.StatusCode));
        Assert.Equal(new Counters(0, 0, 0), await inventory.CountersOf(sku));
    }

    [Fact]
    public async Task a_product_that_never_came_has_nothing_to_correct() =>
        Assert.Equal(HttpStatusCode.NotFound, (await inventory.Post("corrections", new { sku = ASku(), quantity = 1, reason = "found" })).StatusCode);

    [Theory]
    [InlineData("""{"sku":"a","quantity":0,"reason":"r"}""", "quantity")]
    [InlineData("""{"sku":"a","quantity":-1000001,"reason":"r"}""", "quantity")]
    [InlineData("""{"sku":"","quantity":1,"reason":"r"}""", "sku")]
    [InlineData("""{"sku":"a","quantity":1,"reason":" "}""", "reason")]
    public async Task a_correction_that_breaks_a_rule_is_refused_by_field(string body, string field)
    {
        var answer = await inventory.Post("corrections", body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.NotNull((await answer.Content.ReadFromJsonAsync<JsonNode>())!["errors"]![field]);
    }
}
