using System.Net;
using System.Net.Http.Json;

namespace Catalog.Tests;

public sealed class CategoryTests(TheCatalog catalog) : IClassFixture<TheCatalog>
{
    [Fact]
    public async Task products_of_a_category_and_its_descendants_are_paged_by_sku()
    {
        await catalog.AddCategory("p-home");
        await catalog.AddCategory("p-lamps", "p-home");
        await catalog.AddCategory("p-garden");
        foreach (var (sku, categories) in ((string, string[])[])[("p-1", ["p-lamps"]), ("p-2", ["p-home", "p-lamps"]), ("p-3", ["p-home"]), ("p-4", ["p-garden"]), ("p-5", ["p-lamps", "p-garden"])])
        {
            await catalog.Publish(sku);
            await catalog.Correct(sku, "*", categories: categories);
        }

        Assert.Equal(["p-1", "p-2", "p-3", "p-5"], await catalog.Skus("?category=p-home"));
        Assert.Equal(["p-4", "p-5"], await catalog.Skus("?category=p-garden"));
        var first = await (await catalog.Get("?category=p-home&limit=2")).Json();
        Assert.Equal("p-2", first.GetProperty("next").GetString());
        Assert.Equal(["p-3", "p-5"], await catalog.Skus("?category=p-home&limit=2&after=p-2"));
        Assert.Equal(["p-1"], await catalog.Skus("?category=p-home&search=p-1"));
    }

    [Fact]
    public async Task drafts_and_states_count_in_categories_too()
    {
        await catalog.AddCategory("s-home");
        await catalog.Draft("s-1", categories: ["s-home"]);
        await catalog.Draft("s-2", categories: ["s-home"]);
        await catalog.Republish("s-2");

        Assert.Equal(["s-2"], await catalog.Skus("?category=s-home"));
        Assert.Equal(["s-1", "s-2"], await catalog.Skus("?category=s-home", catalog.Operator));
        Assert.Empty(await catalog.Skus("?category=s-home&state=withdrawn"));
    }

    [Fact]
    public async Task a_category_is_moved_with_what_is_below_it()
    {
        await catalog.AddCategory("m-a");
        await catalog.AddCategory("m-b");
        await catalog.AddCategory("m-c", "m-b");
        await catalog.Draft("m-1", categories: ["m-c"]);

        var moved = await catalog.Put("/v1/catalog/categories/m-b", "\"1\"", new { name = "Lamps", parent = "m-a" });
        var again = await catalog.Put("/v1/catalog/categories/m-b", "\"2\"", new { name = "Lamps", parent = "m-a" });

        Assert.Equal(("\"2\"", "\"2\""), (moved.Headers.ETag!.Tag, again.Headers.ETag!.Tag));
        Assert.Equal(["m-1"], await catalog.Skus("?category=m-a", catalog.Operator));
        var tree = (await (await catalog.Module.Anonymous().GetAsync("/v1/catalog/categories")).Json()).GetProperty("items").EnumerateArray().Select(category => category.GetProperty("slug").GetString()!);
        Assert.Equal(["m-a", "m-b", "m-c"], tree.Where(slug => slug.StartsWith("m-", StringComparison.Ordinal)));
        Assert.Equal("Lamps", (await (await catalog.Module.Anonymous().GetAsync("/v1/catalog/categories/m-b")).Json()).GetProperty("name").GetString());
    }

    [Fact]
    public async Task a_tree_has_no_circle_and_five_levels()
    {
        for (var level = 1; level <= 5; level++) await catalog.AddCategory($"t-{level}", level == 1 ? null : $"t-{level - 1}");
        await catalog.AddCategory("t-top");
        await catalog.AddCategory("t-below", "t-top");

        Assert.Equal((HttpStatusCode.Conflict, "category.too-deep"), await (await catalog.AddCategory("t-6", "t-5")).Problem());
        Assert.Equal((HttpStatusCode.Conflict, "category.too-deep"), await (await catalog.Put("/v1/catalog/categories/t-top", "*", new { name = "Top", parent = "t-4" })).Problem());
        Assert.Equal((HttpStatusCode.Conflict, "category.circle"), await (await catalog.Put("/v1/catalog/categories/t-1", "*", new { name = "One", parent = "t-3" })).Problem());
        Assert.Equal((HttpStatusCode.Conflict, "category.circle"), await (await catalog.Put("/v1/catalog/categories/t-1", "*", new { name = "One", parent = "t-1" })).Problem());
        Assert.Equal(HttpStatusCode.OK, (await catalog.Put("/v1/catalog/categories/t-top", "*", new { name = "Top", parent = "t-3" })).StatusCode);
    }

    [Fact]
    public async Task two_moves_at_once_close_no_circle()
    {
        await catalog.AddCategory("x-1");
        await catalog.AddCategory("x-2");

        var moves = await Task.WhenAll(catalog.Put("/v1/catalog/categories/x-1", "*", new { name = "One", parent = "x-2" }), catalog.Put("/v1/catalog/categories/x-2", "*", new { name = "Two", parent = "x-1" }));

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict], moves.Select(move => move.StatusCode).Order());
    }

    [Fact]
    public async Task a_category_in_use_stays()
    {
        await catalog.AddCategory("u-home");
        await catalog.AddCategory("u-lamps", "u-home");
        await catalog.Draft("u-1", categories: ["u-lamps"]);

        Assert.Equal((HttpStatusCode.Conflict, "category.in-use"), await (await Remove("u-home")).Problem());
        Assert.Equal((HttpStatusCode.Conflict, "category.in-use"), await (await Remove("u-lamps")).Problem());
        await catalog.Correct("u-1", "*");
        Assert.Equal(HttpStatusCode.NoContent, (await Remove("u-lamps")).StatusCode);
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await (await Remove("u-lamps")).Problem());
        Assert.Equal(HttpStatusCode.NoContent, (await Remove("u-home")).StatusCode);
    }

    [Fact]
    public async Task a_category_does_not_go_while_a_product_comes()
    {
        for (var round = 0; round < 5; round++)
        {
            var slug = $"r-{round}";
            await catalog.AddCategory(slug);
            await catalog.Draft(slug);

            var answers = await Task.WhenAll(Remove(slug), catalog.Correct(slug, "*", categories: [slug]));

            Assert.Single(answers, answer => answer.IsSuccessStatusCode);
        }
    }

    [Fact]
    public async Task a_repeated_request_is_answered_again_and_a_slug_is_taken_once()
    {
        var first = await catalog.AddCategory("k-home", key: "category-twice");
        var again = await catalog.AddCategory("k-home", key: "category-twice");

        Assert.Equal((HttpStatusCode.Created, await first.Content.ReadAsStringAsync()), (again.StatusCode, await again.Content.ReadAsStringAsync()));
        Assert.Equal((HttpStatusCode.Conflict, "category.exists"), await (await catalog.AddCategory("k-home")).Problem());
    }

    [Fact]
    public async Task what_is_not_there_or_breaks_rules_is_named()
    {
        await catalog.Draft("n-1");

        Assert.Equal(["name", "slug"], await (await catalog.AddCategory("No Slug", name: "")).Invalid());
        Assert.Equal(["parent"], await (await catalog.AddCategory("n-home", "n-nowhere")).Invalid());
        Assert.Equal(["categories"], await (await catalog.Correct("n-1", "*", categories: ["n-nowhere"])).Invalid());
        Assert.Equal(["categories"], await (await catalog.Correct("n-1", "*", categories: ["n-x", "n-x"])).Invalid());
        Assert.Equal(["categories"], await (await catalog.Draft("n-2", categories: ["n-nowhere"])).Invalid());
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await (await catalog.Get("?category=n-nowhere")).Problem());
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await (await catalog.Module.Anonymous().GetAsync("/v1/catalog/categories/n-nowhere")).Problem());
        Assert.Equal((HttpStatusCode.PreconditionRequired, "if-match.required"), await (await catalog.Put("/v1/catalog/categories/n-nowhere", null, new { name = "Lamps" })).Problem());
    }

    [Fact]
    public async Task only_operators_maintain_the_tree()
    {
        var (customer, body) = (catalog.Module.As(Guid.CreateVersion7()), new { slug = "mine", name = "Mine" });

        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), await (await customer.PostOnce("/v1/catalog/categories", JsonContent.Create(body))).Problem());
        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), await (await catalog.Put("/v1/catalog/categories/mine", "*", new { name = "Mine" }, customer)).Problem());
        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), await (await customer.DeleteAsync("/v1/catalog/categories/mine")).Problem());
        Assert.Equal((HttpStatusCode.Unauthorized, "unauthenticated"), await (await catalog.Module.Anonymous().DeleteAsync("/v1/catalog/categories/mine")).Problem());
    }

    private Task<HttpResponseMessage> Remove(string slug) => catalog.Operator.DeleteAsync($"/v1/catalog/categories/{slug}");
}
