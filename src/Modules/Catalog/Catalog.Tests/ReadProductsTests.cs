using System.Net;

namespace Catalog.Tests;

public sealed class ReadProductsTests(TheCatalog catalog) : IClassFixture<TheCatalog>
{
    [Fact]
    public async Task anyone_reads_a_product_with_its_version_as_etag()
    {
        await catalog.Publish("read");

        var answer = await catalog.Get("/read");

        Assert.Equal("\"1\"", answer.Headers.ETag!.Tag);
        Assert.Equal("2.5 EUR published 1", await answer.Product());
    }

    [Fact]
    public async Task a_product_that_is_not_there_is_not_found() => Assert.Equal((HttpStatusCode.NotFound, "not-found"), await (await catalog.Get("/nothing")).Problem());

    [Fact]
    public async Task products_are_paged_by_sku()
    {
        foreach (var sku in (string[])["page-3", "page-1", "page-5", "page-2", "page-4"]) await catalog.Publish(sku);

        var found = new List<string>();
        for (string? next = ""; next is not null;)
        {
            var page = await (await catalog.Get($"?search=page-&limit=2&after={next}")).Json();
            found.AddRange(page.GetProperty("items").EnumerateArray().Select(product => product.GetProperty("sku").GetString()!));
            next = page.GetProperty("next").GetString();
        }

        Assert.Equal(["page-1", "page-2", "page-3", "page-4", "page-5"], found);
    }

    [Fact]
    public async Task a_search_finds_beginnings_of_skus_and_in_any_case_of_names()
    {
        await catalog.Publish("find_1", "Brass lamp");
        await catalog.Publish("findx1", "Tin lamp");
        await catalog.Publish("other", "FIND_me");

        Assert.Equal(["find_1", "other"], await Skus("?search=find_"));
        Assert.Equal(["find_1"], await Skus("?search=bRASS"));
        Assert.Empty(await Skus("?search=FINDX"));
        Assert.Empty(await Skus("?search=lamp"));
        Assert.Empty(await Skus("?search=%25"));
    }

    [Fact]
    public async Task products_of_one_state_are_listed()
    {
        await catalog.Publish("state-1");
        await catalog.Publish("state-2");
        await catalog.Withdraw("state-2");

        Assert.Equal(["state-1"], await Skus("?search=state-&state=published"));
        Assert.Equal(["state-2"], await Skus("?search=state-&state=withdrawn"));
        Assert.Equal(["state-1", "state-2"], await Skus("?search=state-"));
    }

    [Theory]
    [InlineData("?limit=0", "limit")]
    [InlineData("?limit=201", "limit")]
    [InlineData("?state=sold", "state")]
    [InlineData("?search=a%00b", "search")]
    public async Task a_list_has_bounds(string query, string field) => Assert.Equal([field], await (await catalog.Get(query)).Invalid());

    [Fact]
    public async Task what_is_searched_for_has_at_most_100_characters() => Assert.Equal(["search"], await (await catalog.Get($"?search={new string('s', 101)}")).Invalid());

    [Fact]
    public async Task what_cannot_be_read_is_refused() => Assert.Equal((HttpStatusCode.BadRequest, "request.malformed"), await (await catalog.Get("?limit=many")).Problem());

    [Fact]
    public async Task what_is_left_empty_is_not_given() => Assert.Equal(HttpStatusCode.OK, (await catalog.Get("?limit=")).StatusCode);

    private Task<IEnumerable<string?>> Skus(string query) => catalog.Skus(query);
}
