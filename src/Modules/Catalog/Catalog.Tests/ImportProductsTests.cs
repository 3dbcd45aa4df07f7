using System.Net;
using System.Text;
using System.Text.Json;
using Catalog.Contracts;

namespace Catalog.Tests;

public sealed class ImportProductsTests(TheCatalog catalog) : IClassFixture<TheCatalog>
{
    private const string Header = "sku,name,price,currency\n";

    [Fact]
    public async Task new_products_are_published_changed_prices_change_and_the_rest_stays()
    {
        await catalog.Publish("i-same", price: 1);
        await catalog.Publish("i-changed", price: 1);

        var answer = await catalog.Import(Header + "i-same,Another name,1.00,EUR\ni-changed,Lantern,2.25,EUR\ni-new,\"Lantern, red\",3,EUR\n");

        Assert.Equal("read 3 published 1 repriced 1 unchanged 1 refused 0", await Report(answer));
        Assert.Equal("1 EUR published 1", await (await catalog.Get("/i-same")).Product());
        Assert.Equal("2.25 EUR published 2", await (await catalog.Get("/i-changed")).Product());
        Assert.Equal("3 EUR published 1", await (await catalog.Get("/i-new")).Product());
        Assert.Contains(new ProductPublished("i-new", "Lantern, red", 3, "EUR", 1, 0), await catalog.Module.Published<ProductPublished>());
        Assert.Equal([new PriceChanged("i-changed", 2.25m, "EUR", 2)], (await catalog.Module.Published<PriceChanged>()).Where(changed => changed.Sku.StartsWith("i-", StringComparison.Ordinal)));
        Assert.Single((await (await catalog.Get("/i-new/prices")).Json()).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task every_refused_row_is_named_and_the_others_are_taken()
    {
        await catalog.Publish("r-old");
        await catalog.Withdraw("r-old");

        var answer = await catalog.Import(Header + "r-1,Lantern,1,EUR\nr/2,,x,eur\nr-1,Lantern,2,EUR\nr-old,Lantern,9,EUR\n\nr-5,Lantern,1,EUR\n");

        Assert.Equal("read 5 published 2 repriced 0 unchanged 0 refused 3", await Report(answer));
        var refused = (await answer.Json()).GetProperty("refused").EnumerateArray().ToDictionary(row => row.GetProperty("row").GetInt32(), row => row.GetProperty("reason").GetString()!);
        Assert.Equal([3, 4, 5], refused.Keys);
        Assert.Equal(["sku", "name", "price", "currency"], refused[3].Split("; ").Select(reason => reason.Split(' ')[0]));
        Assert.Contains("row 2", refused[4], StringComparison.Ordinal);
        Assert.Contains("withdrawn", refused[5], StringComparison.Ordinal);
        Assert.Equal("2.5 EUR withdrawn 2", await (await catalog.Get("/r-old")).Product());
        Assert.Equal("1 EUR published 1", await (await catalog.Get("/r-1")).Product());
    }

    [Fact]
    public async Task a_column_of_weights_is_read_and_refused_where_it_is_none()
    {
        var answer = await catalog.Import("sku,name,price,currency,weight\nw-1,Anvil,1,EUR,45000\nw-2,Voucher,1,EUR,\nw-3,Anvil,1,EUR,heavy\nw-4,Anvil,1,EUR,1.5\n");

        Assert.Equal("read 4 published 2 repriced 0 unchanged 0 refused 2", await Report(answer));
        Assert.Equal([45_000, 0], (await catalog.Module.Published<ProductPublished>()).Where(published => published.Sku.StartsWith("w-", StringComparison.Ordinal)).OrderBy(published => published.Sku).Select(published => published.Weight));
        Assert.All((await answer.Json()).GetProperty("refused").EnumerateArray(), row => Assert.StartsWith("weight must be whole grams", row.GetProperty("reason").GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_byte_order_mark_is_passed_over() =>
        Assert.Equal("read 1 published 1 repriced 0 unchanged 0 refused 0", await Report(await catalog.Import([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Header + "bom,Café,1,EUR")])));

    [Fact]
    public async Task a_row_that_is_no_utf_8_is_refused()
    {
        var answer = await catalog.Import(Encoding.Latin1.GetBytes(Header + "utf,Lantern,1,EUR\nlatin,Café,1,EUR\n"));

        Assert.Equal("read 2 published 1 repriced 0 unchanged 0 refused 1", await Report(answer));
    }

    [Fact]
    public async Task a_row_that_the_database_could_not_hold_is_refused()
    {
        var answer = await catalog.Import(Header + "nul\0,Lantern,1,EUR\nnul,Lan\0tern,1,EUR\n");

        Assert.Equal("read 2 published 0 repriced 0 unchanged 0 refused 2", await Report(answer));
    }

    [Theory]
    [InlineData("", "row 1")]
    [InlineData("m-1,Lantern,1,EUR\n", "row 1")]
    [InlineData(Header + "m-1,Lantern,1,EUR\nm-2,Lantern\n", "row 3")]
    [InlineData(Header + "m-1,Lantern,1,EUR\nm-2,\"Lantern,1,EUR\n", "row 3")]
    public async Task a_malformed_file_does_nothing_and_its_row_is_named(string csv, string row)
    {
        Assert.Equal([row], await (await catalog.Import(csv)).Invalid());
        Assert.Equal(HttpStatusCode.NotFound, (await catalog.Get("/m-1")).StatusCode);
    }

    [Fact]
    public async Task a_repeated_import_is_answered_again_and_does_nothing()
    {
        var csv = Encoding.UTF8.GetBytes(Header + "again,Lantern,1,EUR\n");

        var first = await catalog.Import(csv, key: "import-again");
        var again = await catalog.Import(csv, key: "import-again");

        Assert.Equal("read 1 published 1 repriced 0 unchanged 0 refused 0", await Report(again));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        Assert.Equal("read 1 published 0 repriced 0 unchanged 1 refused 0", await Report(await catalog.Import(csv)));
        Assert.Single(await catalog.Module.Published<ProductPublished>(), published => published.Sku == "again");
    }

    [Fact]
    public async Task ten_thousand_rows_are_one_import()
    {
        var csv = Header + string.Concat(Enumerable.Range(1, 10_000).Select(row => $"bulk-{row},Lantern {row},{row / 100m},EUR\n"));

        Assert.Equal("read 10000 published 10000 repriced 0 unchanged 0 refused 0", await Report(await catalog.Import(csv)));
        Assert.Equal(10_000, await catalog.Module.Query<long>("select count(*) from mt_doc_product where id like 'bulk-%'"));
    }

    [Fact]
    public async Task more_than_ten_thousand_rows_are_too_many() =>
        Assert.Equal(["row 10002"], await (await catalog.Import(Header + string.Concat(Enumerable.Range(1, 10_001).Select(row => $"over-{row},Lantern,1,EUR\n")))).Invalid());

    [Fact]
    public async Task more_than_ten_megabytes_are_too_large()
    {
        var rows = Encoding.UTF8.GetBytes(Header + string.Concat(Enumerable.Repeat("large,Lantern,1,EUR\n", 600_000)));

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "request.too-large"), await (await catalog.Import(rows)).Problem());
    }

    [Fact]
    public async Task more_than_another_address_takes_is_still_taken() =>
        Assert.Equal(["row 2"], await (await catalog.Import(Header + new string('x', 2_000_000))).Invalid());

    [Fact]
    public async Task only_csv_is_taken_and_only_from_operators()
    {
        var csv = Encoding.UTF8.GetBytes(Header + "no,Lantern,1,EUR\n");

        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "request.media-type"), await (await catalog.Import(csv, mediaType: "application/json")).Problem());
        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), await (await catalog.Import(csv, catalog.Module.As(Guid.CreateVersion7()))).Problem());
        Assert.Equal((HttpStatusCode.Unauthorized, "unauthenticated"), await (await catalog.Import(csv, catalog.Module.Anonymous())).Problem());
    }

    private static async Task<string> Report(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return string.Join(' ', (await answer.Json()).EnumerateObject().Select(field => $"{field.Name} {(field.Value.ValueKind == JsonValueKind.Array ? field.Value.GetArrayLength() : field.Value)}"));
    }
}
