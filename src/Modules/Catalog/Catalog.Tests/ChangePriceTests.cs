using System.Net;
using System.Net.Http.Json;
using Catalog.Contracts;

namespace Catalog.Tests;

public sealed class ChangePriceTests(TheCatalog catalog) : IClassFixture<TheCatalog>
{
    [Fact]
    public async Task who_has_read_a_product_changes_its_price()
    {
        var tag = (await catalog.Publish("changes")).Headers.ETag!.Tag;

        var answer = await catalog.SetPrice("changes", tag, 3.25m, "USD");

        Assert.Equal("\"2\"", answer.Headers.ETag!.Tag);
        Assert.Equal("3.25 USD published 2", await answer.Product());
        Assert.Equal("3.25 USD published 2", await (await catalog.Get("/changes")).Product());
        Assert.Equal([new PriceChanged("changes", 3.25m, "USD", 2)], (await catalog.Module.Published<PriceChanged>()).Where(changed => changed.Sku == "changes"));
    }

    [Theory]
    [InlineData("\"1\"")]
    [InlineData("W/\"2\"")]
    [InlineData("2")]
    public async Task who_has_read_something_else_changes_nothing(string stale)
    {
        var sku = $"stale-{Guid.NewGuid().ToString()[..8]}";
        await catalog.Publish(sku);
        await catalog.SetPrice(sku, "\"1\"", 3);

        Assert.Equal((HttpStatusCode.PreconditionFailed, "changed-meanwhile"), await (await catalog.SetPrice(sku, stale, 4)).Problem());
        Assert.Equal("3 EUR published 2", await (await catalog.Get($"/{sku}")).Product());
    }

    [Fact]
    public async Task without_if_match_nothing_changes()
    {
        await catalog.Publish("unmatched");

        Assert.Equal((HttpStatusCode.PreconditionRequired, "if-match.required"), await (await catalog.SetPrice("unmatched", null, 4)).Problem());
        Assert.Equal(1, await catalog.Version("unmatched"));
    }

    [Fact]
    public async Task of_many_with_the_same_version_one_changes_it()
    {
        await catalog.Publish("race");

        var answers = await Task.WhenAll(Enumerable.Range(1, 6).Select(price => catalog.SetPrice("race", "\"1\"", 10 + price)));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.All(answers.Where(answer => answer.StatusCode != HttpStatusCode.OK), answer => Assert.True(answer.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict, $"{answer.StatusCode}"));
        Assert.Equal(2, await catalog.Version("race"));
        Assert.Single(await catalog.Module.Published<PriceChanged>(), changed => changed.Sku == "race");
    }

    [Fact]
    public async Task the_same_price_is_no_change()
    {
        await catalog.Publish("same", price: 2.5m);

        Assert.Equal("2.5 EUR published 1", await (await catalog.SetPrice("same", "\"1\"", 2.50m)).Product());
        Assert.DoesNotContain(await catalog.Module.Published<PriceChanged>(), changed => changed.Sku == "same");
    }

    [Fact]
    public async Task a_withdrawn_products_price_rests()
    {
        await catalog.Publish("resting");
        await catalog.Withdraw("resting");

        Assert.Equal((HttpStatusCode.Conflict, "product.withdrawn"), await (await catalog.SetPrice("resting", "*", 3)).Problem());
    }

    [Fact]
    public async Task a_product_that_is_not_there_is_not_found() => Assert.Equal((HttpStatusCode.NotFound, "not-found"), await (await catalog.SetPrice("nothing", "*", 3)).Problem());

    [Fact]
    public async Task every_broken_rule_is_named() => Assert.Equal(["currency", "price"], await (await catalog.SetPrice("anything", "*", 1.00001m, "euro")).Invalid());

    [Fact]
    public async Task only_operators_change_prices() => Assert.Equal(
        (HttpStatusCode.Forbidden, "forbidden"),
        await (await catalog.Module.As(Guid.CreateVersion7()).PutAsJsonAsync("/v1/catalog/products/any/price", new { price = 1, currency = "EUR" })).Problem());

    [Fact]
    public async Task the_history_of_a_price_is_paged_newest_first()
    {
        await catalog.Publish("history", price: 1);
        await catalog.SetPrice("history", "*", 2);
        await catalog.Withdraw("history");
        await catalog.Republish("history");
        await catalog.SetPrice("history", "*", 3);

        var first = await (await catalog.Get("/history/prices?limit=2")).Json();
        var second = await (await catalog.Get($"/history/prices?limit=2&after={first.GetProperty("next").GetString()}")).Json();

        Assert.Equal([3m, 2m], first.GetProperty("items").EnumerateArray().Select(entry => entry.GetProperty("price").GetDecimal()));
        Assert.Equal([1m], second.GetProperty("items").EnumerateArray().Select(entry => entry.GetProperty("price").GetDecimal()));
        Assert.Null(second.GetProperty("next").GetString());
    }

    [Fact]
    public async Task a_history_has_bounds_and_a_product()
    {
        Assert.Equal(["limit"], await (await catalog.Get("/history/prices?limit=201")).Invalid());
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await (await catalog.Get("/nothing/prices")).Problem());
    }
}
