using System.Net;
using System.Text;
using System.Text.Json;
using Catalog.Contracts;
using Shared.Testing;

namespace Catalog.Tests;

public sealed class PutImportTests(TheCatalog catalog) : IClassFixture<TheCatalog>
{
    private const string Header = "sku,name,price,currency\n";

    [Fact]
    public async Task rows_become_products_and_known_products_become_as_their_rows_say()
    {
        await catalog.AddCategory("f-lamps");
        await catalog.Publish("f-same");
        await catalog.Publish("f-price");
        await catalog.Publish("f-name");
        await catalog.Publish("f-end");
        await catalog.Draft("f-draft");

        var import = await Done(
            "sku,name,price,currency,weight,state,description,categories,images\n" +
            "f-same,Lantern,2.5,EUR,0,,,,\n" +
            "f-price,Lantern,3,EUR,0,published,,,\n" +
            "f-name,Lamp,3,EUR,40,,,,\n" +
            "f-end,Lantern,2.5,EUR,0,withdrawn,,,\n" +
            "f-draft,Lantern,4,EUR,0,published,,,\n" +
            "f-new,\"Lantern, red\",1,EUR,7,,\"Red.\nVery red.\",f-lamps,https://images.example/red.jpg A red lantern\n" +
            "f-later,Lantern,1,EUR,0,draft,,,\n");

        Assert.Equal("read 7 added 2 changed 4 unchanged 1 refused 0", import);
        Assert.Equal(
            [new ProductPublished("f-draft", "Lantern", 4, "EUR", 2, 0), new ProductPublished("f-name", "Lamp", 3, "EUR", 2, 40), new ProductPublished("f-new", "Lantern, red", 1, "EUR", 1, 7)],
            (await catalog.Module.Published<ProductPublished>()).Where(published => published.Sku.StartsWith("f-", StringComparison.Ordinal) && (published.Version > 1 || published.Sku == "f-new")).OrderBy(published => published.Sku));
        Assert.Equal([new PriceChanged("f-price", 3, "EUR", 2)], (await catalog.Module.Published<PriceChanged>()).Where(changed => changed.Sku.StartsWith("f-", StringComparison.Ordinal)));
        Assert.Equal([new ProductWithdrawn("f-end", 2)], (await catalog.Module.Published<ProductWithdrawn>()).Where(withdrawn => withdrawn.Sku.StartsWith("f-", StringComparison.Ordinal)));
        var product = await (await catalog.Get("/f-new")).Json();
        Assert.Equal(("Red.\nVery red.", "A red lantern"), (product.GetProperty("description").GetString(), product.GetProperty("images")[0].GetProperty("alt").GetString()));
        Assert.Equal(["f-new"], await catalog.Skus("?category=f-lamps"));
        Assert.Equal("1 EUR draft 1", await (await catalog.Operator.GetAsync("/v1/catalog/products/f-later")).Product());
        Assert.Equal((1, 2, 1), (await Prices("f-draft"), await Prices("f-price"), await Prices("f-new")));
    }

    [Fact]
    public async Task a_column_that_is_not_there_leaves_what_it_is_about_alone()
    {
        await catalog.Publish("l-1");
        await catalog.Correct("l-1", "*", "Lantern", "Bright", 5);

        Assert.Equal("read 1 added 0 changed 0 unchanged 1 refused 0", await Done("currency,price,sku,name\nEUR,2.5,l-1,Lantern\n"));
        Assert.Equal("2.5 EUR published 2", await (await catalog.Get("/l-1")).Product());
    }

    [Fact]
    public async Task every_refused_row_is_reported_and_the_report_is_downloaded()
    {
        await catalog.Publish("r-old");
        await catalog.Withdraw("r-old");
        await catalog.Publish("r-sold");

        var id = Guid.CreateVersion7();
        var import = await Done(
            "sku,name,price,currency,state,categories,images\n" +
            "r-1,Lantern,1,EUR,,,\n" +
            "r/2,,x,eur,sold,No Slug,ftp://x a\n" +
            "r-1,Lantern,2,EUR,,,\n" +
            "r-old,Lantern,9,EUR,,,\n" +
            "r-sold,Lantern,2.5,EUR,draft,,\n" +
            "r-6,Lantern,1,EUR,,r-nowhere,\n" +
            "r-7,Lantern,1,EUR\n" +
            "=r-8,\"=cmd|' /C calc'!A0\",1,EUR,,,\n", id);

        Assert.Equal("read 8 added 1 changed 0 unchanged 0 refused 7", import);
        var refusals = (await (await catalog.Operator.GetAsync($"/v1/catalog/imports/{id}/refusals")).Json()).GetProperty("items").EnumerateArray()
            .ToDictionary(row => row.GetProperty("row").GetInt32(), row => row.GetProperty("reason").GetString()!);
        Assert.Equal([3, 4, 5, 6, 7, 8, 9], refusals.Keys);
        Assert.Equal(["sku", "name", "price", "currency", "categories", "images[0].url", "state"], refusals[3].Split("; ").Select(reason => reason.Split(' ')[0]));
        Assert.Contains("row 2", refusals[4], StringComparison.Ordinal);
        Assert.StartsWith("price must rest", refusals[5], StringComparison.Ordinal);
        Assert.StartsWith("state must not be draft", refusals[6], StringComparison.Ordinal);
        Assert.Contains("no r-nowhere", refusals[7], StringComparison.Ordinal);
        Assert.Equal("the row must have as many cells as the header", refusals[8]);

        var page = await (await catalog.Operator.GetAsync($"/v1/catalog/imports/{id}/refusals?limit=3&after=4")).Json();
        Assert.Equal((3, "7"), (page.GetProperty("items").GetArrayLength(), page.GetProperty("next").GetString()));
        var file = await catalog.Operator.GetAsync($"/v1/catalog/imports/{id}/refusals.csv");
        Assert.Equal(("text/csv", $"refusals-{id}.csv"), (file.Content.Headers.ContentType!.MediaType, file.Content.Headers.ContentDisposition!.FileName));
        var lines = (await file.Content.ReadAsStringAsync()).Split("\r\n");
        Assert.Equal("row,sku,reason", lines[0]);
        Assert.Equal(9, lines.Length);
        Assert.StartsWith("9,'=r-8,", lines[7], StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_same_file_again_changes_nothing()
    {
        var (id, csv) = (Guid.CreateVersion7(), Header + "s-1,Lantern,1,EUR\n");
        await Done(csv, id);

        Assert.Equal("read 1 added 1 changed 0 unchanged 0 refused 0", await Done(csv, id));
        Assert.Equal("read 1 added 0 changed 0 unchanged 1 refused 0", await Done(csv));
        Assert.Equal((HttpStatusCode.Conflict, "import.exists"), await (await Put(Header + "s-2,Lantern,1,EUR\n", id)).Problem());
        Assert.Equal("1 EUR published 1", await (await catalog.Get("/s-1")).Product());
        Assert.Single(await catalog.Module.Published<ProductPublished>(), published => published.Sku == "s-1");
    }

    [Fact]
    public async Task a_batch_that_comes_twice_or_late_does_nothing()
    {
        var id = Guid.CreateVersion7();
        var csv = Header + string.Concat(Enumerable.Range(1, 600).Select(row => $"b-{row},Lantern {row},{row},EUR\n"));
        Assert.Equal("read 600 added 600 changed 0 unchanged 0 refused 0", await Done(csv, id));

        await catalog.Module.Deliver(new ContinueImport(id, 1));
        await catalog.Module.Deliver(new ContinueImport(id, 501));

        Assert.Equal("read 600 added 600 changed 0 unchanged 0 refused 0", await Report(id));
        Assert.Equal(600, (await catalog.Module.Published<ProductPublished>()).Count(published => published.Sku.StartsWith("b-", StringComparison.Ordinal)));
        Assert.Equal(0, await catalog.Module.Query<long>("select count(*) from import_rows"));
    }

    [Theory]
    [InlineData("", "row 1")]
    [InlineData("sku,name,price\nm-1,Lantern,1\n", "row 1")]
    [InlineData("sku,name,price,currency,colour\nm-1,Lantern,1,EUR,red\n", "row 1")]
    [InlineData("sku,name,price,currency,sku\nm-1,Lantern,1,EUR,m-1\n", "row 1")]
    [InlineData(Header + "m-1,Lantern,1,EUR\nm-2,\"Lantern,1,EUR\n", "row 3")]
    public async Task a_file_that_cannot_be_read_is_refused_as_a_whole(string csv, string row)
    {
        var id = Guid.CreateVersion7();

        Assert.Equal([row], await (await Put(csv, id)).Invalid());
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await (await catalog.Operator.GetAsync($"/v1/catalog/imports/{id}")).Problem());
        Assert.Equal(HttpStatusCode.NotFound, (await catalog.Get("/m-1")).StatusCode);
    }

    [Fact]
    public async Task rows_and_bytes_are_bounded()
    {
        var over = await Assert.ThrowsAsync<Shared.Kernel.InvalidException>(async () => { await foreach (var _ in CatalogFile.Read(new StringReader(Header + "1\n2\n3\n"), most: 2, default)) { } });

        Assert.Equal(["row 4"], over.Errors.Keys);
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "request.too-large"), await (await Put(new string('x', 29_000_001))).Problem());
        Assert.Equal(["row 2"], await (await Put(Header + new string('x', 1_500_000))).Invalid());
    }

    [Fact]
    public async Task imports_are_listed_the_last_one_first()
    {
        var ids = new[] { Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid() };
        foreach (var id in ids) await Done(Header, id);

        var first = await (await catalog.Operator.GetAsync("/v1/catalog/imports?limit=2")).Json();
        var second = await (await catalog.Operator.GetAsync($"/v1/catalog/imports?limit=1&after={first.GetProperty("next").GetString()}")).Json();

        Assert.Equal([ids[2], ids[1]], Ids(first));
        Assert.Equal([ids[0]], Ids(second));
        Assert.Equal(["limit"], await (await catalog.Operator.GetAsync("/v1/catalog/imports?limit=0")).Invalid());
    }

    [Fact]
    public async Task only_operators_import_and_read_of_imports()
    {
        var customer = catalog.Module.As(Guid.CreateVersion7());
        var id = Guid.CreateVersion7();

        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), await (await Put(Header, id, customer)).Problem());
        Assert.Equal((HttpStatusCode.Unauthorized, "unauthenticated"), await (await Put(Header, id, catalog.Module.Anonymous())).Problem());
        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "request.media-type"), await (await catalog.Put($"/v1/catalog/imports/{id}", null, new { sku = "no" })).Problem());
        foreach (var address in (string[])["", $"/{id}", $"/{id}/refusals", $"/{id}/refusals.csv"])
        {
            Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), await (await customer.GetAsync($"/v1/catalog/imports{address}")).Problem());
            if (address.Length > 0) Assert.Equal((HttpStatusCode.NotFound, "not-found"), await (await catalog.Operator.GetAsync($"/v1/catalog/imports{address}")).Problem());
        }
    }

    private async Task<HttpResponseMessage> Put(string csv, Guid? id = null, HttpClient? http = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/v1/catalog/imports/{id ?? Guid.CreateVersion7()}") { Content = new StringContent(csv, Encoding.UTF8, "text/csv") };
        // Who is refused for the body's size hears so before sending it.
        request.Headers.ExpectContinue = true;
        return await (http ?? catalog.Operator).SendAsync(request);
    }

    private async Task<string> Done(string csv, Guid? id = null)
    {
        var answer = await Put(csv, id ??= Guid.CreateVersion7());
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        var address = answer.Headers.Location!;
        await Eventually.True(async () => (await (await catalog.Operator.GetAsync(address)).Json()).GetProperty("finishedAt").ValueKind != JsonValueKind.Null, "the import done");
        return await Report(id.Value);
    }

    private async Task<string> Report(Guid id)
    {
        var import = await (await catalog.Operator.GetAsync($"/v1/catalog/imports/{id}")).Json();
        return string.Join(' ', import.EnumerateObject().Where(field => field.Value.ValueKind == JsonValueKind.Number).Select(field => $"{field.Name} {field.Value}"));
    }

    private async Task<int> Prices(string sku) => (await (await catalog.Get($"/{sku}/prices")).Json()).GetProperty("items").GetArrayLength();

    private static IEnumerable<Guid> Ids(JsonElement page) => page.GetProperty("items").EnumerateArray().Select(import => import.GetProperty("id").GetGuid());
}
