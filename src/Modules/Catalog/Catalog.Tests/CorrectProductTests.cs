using System.Net;
using Catalog.Contracts;

namespace Catalog.Tests;

public sealed class CorrectProductTests(TheCatalog catalog) : IClassFixture<TheCatalog>
{
    private static readonly object Front = new { url = "https://images.example/lantern.jpg", alt = "A lantern, seen from the front" };

    [Fact]
    public async Task a_correction_is_shown_and_told_where_others_keep_it()
    {
        await catalog.Publish("c-all");

        var answer = await catalog.Correct("c-all", "\"1\"", " Brass lantern ", "Bright.\r\nAnd warm.", 800, [Front]);

        Assert.Equal("\"2\"", answer.Headers.ETag!.Tag);
        var product = await (await catalog.Get("/c-all")).Json();
        Assert.Equal(("Brass lantern", "Bright.\nAnd warm.", 800), (product.GetProperty("name").GetString(), product.GetProperty("description").GetString(), product.GetProperty("weight").GetInt32()));
        Assert.Equal("https://images.example/lantern.jpg", Assert.Single(product.GetProperty("images").EnumerateArray()).GetProperty("url").GetString());
        Assert.Equal([0, 800], (await catalog.Module.Published<ProductPublished>()).Where(published => published.Sku == "c-all").OrderBy(published => published.Version).Select(published => published.Weight));
    }

    [Fact]
    public async Task what_nobody_else_keeps_is_not_told_and_what_changes_nothing_is_no_version()
    {
        await catalog.Publish("c-quiet");

        Assert.Equal("2.5 EUR published 2", await (await catalog.Correct("c-quiet", "\"1\"", description: "Bright", images: [Front])).Product());
        Assert.Equal("2.5 EUR published 2", await (await catalog.Correct("c-quiet", "\"2\"", description: "Bright", images: [Front])).Product());

        Assert.Single(await catalog.Module.Published<ProductPublished>(), published => published.Sku == "c-quiet");
    }

    [Fact]
    public async Task a_withdrawn_product_and_a_draft_are_corrected_in_silence()
    {
        await catalog.Publish("c-old");
        await catalog.Withdraw("c-old");
        await catalog.Draft("c-new");

        Assert.Equal("2.5 EUR withdrawn 3", await (await catalog.Correct("c-old", "*", weight: 5)).Product());
        Assert.Equal("2.5 EUR draft 2", await (await catalog.Correct("c-new", "*", weight: 5)).Product());
        Assert.DoesNotContain(await catalog.Module.Published<ProductPublished>(), published => published.Sku is "c-old" or "c-new" && published.Weight == 5);
        await catalog.Republish("c-old");
        Assert.Contains(new ProductPublished("c-old", "Lantern", 2.5m, "EUR", 4, 5), await catalog.Module.Published<ProductPublished>());
    }

    [Fact]
    public async Task only_who_has_read_the_product_corrects_it()
    {
        await catalog.Publish("c-match");

        Assert.Equal((HttpStatusCode.PreconditionRequired, "if-match.required"), await (await catalog.Correct("c-match", null)).Problem());
        Assert.Equal((HttpStatusCode.PreconditionFailed, "changed-meanwhile"), await (await catalog.Correct("c-match", "\"7\"")).Problem());
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await (await catalog.Correct("c-nothing", "*")).Problem());
    }

    [Fact]
    public async Task of_many_at_once_one_corrects()
    {
        await catalog.Publish("c-race");

        var answers = await Task.WhenAll(Enumerable.Range(1, 6).Select(weight => catalog.Correct("c-race", "\"1\"", weight: weight)));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.All(answers, answer => Assert.Contains(answer.StatusCode, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.Conflict, HttpStatusCode.PreconditionFailed]));
        Assert.Equal(2, await catalog.Version("c-race"));
    }

    [Theory]
    [InlineData("http://images.example/a.jpg")]
    [InlineData("//images.example/a.jpg")]
    [InlineData("javascript:alert(1)")]
    [InlineData("https://user:secret@images.example/a.jpg")]
    [InlineData("https://images.example/a b.jpg")]
    [InlineData("https://images.example/\"onerror=x")]
    [InlineData("https://")]
    [InlineData("")]
    public async Task an_image_is_a_plain_https_link(string url) => Assert.Equal(["images[0].url"], await (await catalog.Correct("c-any", "*", images: [new { url, alt = "A lantern" }])).Invalid());

    [Fact]
    public async Task images_and_texts_are_bounded()
    {
        var many = Enumerable.Range(1, 11).Select(i => (object)new { url = $"https://images.example/{i}.jpg", alt = "A lantern" }).ToArray();

        Assert.Equal(["images"], await (await catalog.Correct("c-any", "*", images: many)).Invalid());
        Assert.Equal(["images"], await (await catalog.Correct("c-any", "*", images: [Front, Front])).Invalid());
        Assert.Equal(["images"], await (await catalog.Correct("c-any", "*", images: [null!])).Invalid());
        Assert.Equal(["images[0].alt"], await (await catalog.Correct("c-any", "*", images: [new { url = "https://images.example/a.jpg", alt = " " }])).Invalid());
        Assert.Equal(["description"], await (await catalog.Correct("c-any", "*", description: new string('d', 2_001))).Invalid());
        Assert.Equal(["description"], await (await catalog.Correct("c-any", "*", description: "a\0b")).Invalid());
        Assert.Equal(["name", "weight"], await (await catalog.Correct("c-any", "*", name: " ", weight: -1)).Invalid());
    }

    [Fact]
    public async Task only_operators_correct_and_all_is_said()
    {
        var body = new { name = "Lantern", description = "", weight = 0, images = Array.Empty<object>(), categories = Array.Empty<string>() };

        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), await (await catalog.Put("/v1/catalog/products/any", "*", body, catalog.Module.As(Guid.CreateVersion7()))).Problem());
        Assert.Equal((HttpStatusCode.Unauthorized, "unauthenticated"), await (await catalog.Put("/v1/catalog/products/any", "*", body, catalog.Module.Anonymous())).Problem());
        Assert.Equal((HttpStatusCode.BadRequest, "request.malformed"), await (await catalog.Put("/v1/catalog/products/any", "*", new { name = "Lantern" })).Problem());
    }
}
