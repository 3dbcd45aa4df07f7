using System.Net;
using System.Net.Http.Json;
using Catalog.Contracts;

namespace Catalog.Tests;

public sealed class PublishProductTests(TheCatalog catalog) : IClassFixture<TheCatalog>
{
    [Fact]
    public async Task a_new_product_is_published_and_told()
    {
        var answer = await catalog.Publish(" BANK CHARGES ", " Lantern ", 2.5m);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("\"1\"", answer.Headers.ETag!.Tag);
        Assert.Equal("/v1/catalog/products/BANK%20CHARGES", answer.Headers.Location!.OriginalString);
        Assert.Equal("2.5 EUR published 1", await (await catalog.Module.Anonymous().GetAsync(answer.Headers.Location)).Product());
        Assert.Single(await catalog.Module.Published<ProductPublished>(), new ProductPublished("BANK CHARGES", "Lantern", 2.5m, "EUR", 1, 0));
    }

    [Fact]
    public async Task a_weight_is_kept_shown_and_told_again_with_the_product()
    {
        var body = JsonContent.Create(new { sku = "heavy", name = "Anvil", price = 99, currency = "EUR", weight = 45_000 });
        Assert.Equal(HttpStatusCode.Created, (await catalog.Operator.PostOnce("/v1/catalog/products", body)).StatusCode);
        await catalog.Withdraw("heavy");
        await catalog.Republish("heavy");

        Assert.Equal(45_000, (await (await catalog.Get("/heavy")).Json()).GetProperty("weight").GetInt32());
        Assert.Equal([45_000, 45_000], (await catalog.Module.Published<ProductPublished>()).Where(published => published.Sku == "heavy").Select(published => published.Weight));
    }

    [Fact]
    public async Task a_sku_that_is_taken_is_refused()
    {
        await catalog.Publish("taken");

        Assert.Equal((HttpStatusCode.Conflict, "product.exists"), await (await catalog.Publish("taken", price: 9)).Problem());
        Assert.Equal("2.5 EUR published 1", await (await catalog.Get("/taken")).Product());
    }

    [Fact]
    public async Task skus_differ_by_case()
    {
        Assert.Equal(HttpStatusCode.Created, (await catalog.Publish("15056bl")).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await catalog.Publish("15056BL")).StatusCode);
    }

    [Fact]
    public async Task of_many_at_once_one_publishes()
    {
        var answers = await Task.WhenAll(Enumerable.Range(1, 6).Select(_ => catalog.Publish("race")));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Created);
        Assert.Equal(5, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
        Assert.Single(await catalog.Module.Published<ProductPublished>(), published => published.Sku == "race");
    }

    [Fact]
    public async Task a_repeated_request_is_answered_again_and_publishes_nothing()
    {
        var first = await catalog.Publish("twice", key: "publish-twice");
        var again = await catalog.Publish("twice", key: "publish-twice");

        Assert.Equal((first.StatusCode, await first.Content.ReadAsStringAsync()), (again.StatusCode, await again.Content.ReadAsStringAsync()));
        Assert.Single(await catalog.Module.Published<ProductPublished>(), published => published.Sku == "twice");
    }

    [Fact]
    public async Task every_broken_rule_is_named() =>
        Assert.Equal(["currency", "name", "price", "sku"], await (await catalog.Publish("a/b", name: "", price: 0, currency: "euro")).Invalid());

    [Theory]
    [InlineData("""{"sku":"A","name":"Lantern","price":"1","currency":"EUR"}""")]
    [InlineData("""{"sku":"A","name":"Lantern","currency":"EUR"}""")]
    [InlineData("""{"sku":null,"name":"Lantern","price":1,"currency":"EUR"}""")]
    public async Task another_shape_is_refused(string body)
    {
        var answer = await catalog.Operator.PostOnce("/v1/catalog/products", new StringContent(body, null, "application/json"));

        Assert.Equal((HttpStatusCode.BadRequest, "request.malformed"), await answer.Problem());
    }

    [Fact]
    public async Task only_operators_publish_and_only_with_a_key()
    {
        var body = new { sku = "mine", name = "Lantern", price = 1, currency = "EUR" };

        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), await (await catalog.Module.As(Guid.CreateVersion7()).PostOnce("/v1/catalog/products", JsonContent.Create(body))).Problem());
        Assert.Equal((HttpStatusCode.Unauthorized, "unauthenticated"), await (await catalog.Module.Anonymous().PostOnce("/v1/catalog/products", JsonContent.Create(body))).Problem());
        Assert.Equal(["Idempotency-Key"], await (await catalog.Operator.PostAsJsonAsync("/v1/catalog/products", body)).Invalid());
    }
}
