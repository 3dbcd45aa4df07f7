using System.Net;
using System.Net.Http.Json;
using Catalog.Contracts;

namespace Catalog.Tests;

public sealed class DraftTests(TheCatalog catalog) : IClassFixture<TheCatalog>
{
    [Fact]
    public async Task a_draft_is_seen_by_operators_only_and_nobody_is_told()
    {
        var made = await catalog.Draft("d-secret");

        Assert.Equal((HttpStatusCode.Created, "\"1\"", "/v1/catalog/products/d-secret"), (made.StatusCode, made.Headers.ETag!.Tag, made.Headers.Location!.OriginalString));
        Assert.Equal("2.5 EUR draft 1", await (await catalog.Operator.GetAsync("/v1/catalog/products/d-secret")).Product());
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await (await catalog.Get("/d-secret")).Problem());
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await (await catalog.Get("/d-secret/prices")).Problem());
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await (await catalog.Module.As(Guid.CreateVersion7()).GetAsync("/v1/catalog/products/d-secret")).Problem());
        Assert.DoesNotContain(await catalog.Module.Published<ProductPublished>(), published => published.Sku == "d-secret");
    }

    [Fact]
    public async Task drafts_are_listed_for_operators_only()
    {
        await catalog.Draft("d-list-1");
        await catalog.Publish("d-list-2");

        Assert.Equal(["d-list-2"], await catalog.Skus("?search=d-list"));
        Assert.Equal(["d-list-1", "d-list-2"], await catalog.Skus("?search=d-list", catalog.Operator));
        Assert.Equal(["d-list-1"], await catalog.Skus("?search=d-list&state=draft", catalog.Operator));
        Assert.Empty(await catalog.Skus("?search=d-list&state=withdrawn", catalog.Operator));
        Assert.Equal(["state"], await (await catalog.Get("?state=draft")).Invalid());
    }

    [Fact]
    public async Task a_draft_that_is_published_is_a_product_like_any_other()
    {
        await catalog.Draft("d-publish");
        await catalog.SetPrice("d-publish", "\"1\"", 3);

        Assert.Equal("3 EUR published 3", await (await catalog.Republish("d-publish")).Product());
        Assert.Equal("3 EUR published 3", await (await catalog.Republish("d-publish")).Product());

        Assert.Single(await catalog.Module.Published<ProductPublished>(), new ProductPublished("d-publish", "Lantern", 3, "EUR", 3, 0));
        Assert.DoesNotContain(await catalog.Module.Published<PriceChanged>(), changed => changed.Sku == "d-publish");
        var cost = Assert.Single((await (await catalog.Get("/d-publish/prices")).Json()).GetProperty("items").EnumerateArray());
        Assert.Equal((3m, 3L), (cost.GetProperty("price").GetDecimal(), cost.GetProperty("version").GetInt64()));
    }

    [Fact]
    public async Task a_draft_cannot_be_withdrawn_and_its_sku_is_taken()
    {
        await catalog.Draft("d-taken");

        Assert.Equal((HttpStatusCode.Conflict, "product.draft"), await (await catalog.Withdraw("d-taken")).Problem());
        Assert.Equal((HttpStatusCode.Conflict, "product.exists"), await (await catalog.Publish("d-taken")).Problem());
        Assert.Equal((HttpStatusCode.Conflict, "product.exists"), await (await catalog.Draft("d-taken")).Problem());
        Assert.Contains("draft", (await (await catalog.Import("sku,name,price,currency\nd-taken,Lantern,1,EUR\n")).Json()).GetProperty("refused")[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_repeated_request_is_answered_again()
    {
        var first = await catalog.Draft("d-twice", key: "draft-twice");
        var again = await catalog.Draft("d-twice", key: "draft-twice");

        Assert.Equal((HttpStatusCode.Created, await first.Content.ReadAsStringAsync()), (again.StatusCode, await again.Content.ReadAsStringAsync()));
    }

    // What the program before this one reads and writes: to it a draft is withdrawn, and stays unsold.
    [Fact]
    public async Task a_draft_is_kept_as_a_withdrawn_product_with_a_mark_and_a_document_from_before_is_read()
    {
        await catalog.Draft("d-kept");
        await catalog.Publish("d-before");
        await catalog.Module.Query<string>("update mt_doc_product set data = data - 'isDraft' - 'description' - 'images' - 'categories' where id = 'd-before' returning id");

        Assert.Equal("Withdrawn", await catalog.Module.Query<string>("select data ->> 'state' from mt_doc_product where id = 'd-kept'"));
        Assert.Equal("2.5 EUR published 1", await (await catalog.Get("/d-before")).Product());
        Assert.Equal(["d-before"], await catalog.Skus("?search=d-before"));
        Assert.Equal("2.5 EUR published 2", await (await catalog.Correct("d-before", "\"1\"", description: "Old")).Product());
    }

    [Fact]
    public async Task every_broken_rule_is_named_and_only_operators_draft()
    {
        var body = new { sku = "a/b", name = "", price = 0, currency = "euro", weight = -1, images = new[] { new { url = "http://x.example/a", alt = "" } } };

        Assert.Equal(["currency", "images[0].alt", "images[0].url", "name", "price", "sku", "weight"], await (await catalog.Operator.PostOnce("/v1/catalog/drafts", JsonContent.Create(body))).Invalid());
        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), await (await catalog.Module.As(Guid.CreateVersion7()).PostOnce("/v1/catalog/drafts", JsonContent.Create(body))).Problem());
        Assert.Equal((HttpStatusCode.Unauthorized, "unauthenticated"), await (await catalog.Module.Anonymous().PostOnce("/v1/catalog/drafts", JsonContent.Create(body))).Problem());
    }
}
