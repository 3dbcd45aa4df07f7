using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Shared.Testing;

namespace Catalog.Tests;

public sealed class ExportProductsTests(TheCatalog catalog) : IClassFixture<TheCatalog>
{
    [Fact]
    public async Task what_was_exported_makes_the_same_catalogue_elsewhere_and_changes_nothing_here()
    {
        await catalog.AddCategory("e-lamps");
        await catalog.Draft("e-draft", "A draft");
        await catalog.Publish("-e-minus", "=1+1", price: 0.0001m);
        await catalog.Publish("e-quoted", "\"Lamp\", 'red' 'n' blue; Café");
        await catalog.Correct("e-quoted", "*", "'=quoted", "@ first\nand, second", 12,
            [new { url = "https://images.example/a.jpg?x=1,2", alt = "One \"lamp\"" }, new { url = "https://images.example/b.jpg", alt = "Two" }], ["e-lamps"]);
        await catalog.Publish("e-gone", "''+gone");
        await catalog.Withdraw("e-gone");

        var exported = await catalog.Operator.GetAsync("/v1/catalog/export");
        var csv = await exported.Content.ReadAsStringAsync();

        Assert.Equal(("text/csv", "products.csv"), (exported.Content.Headers.ContentType!.MediaType, exported.Content.Headers.ContentDisposition!.FileName));
        Assert.Contains("\r\n'-e-minus,'=1+1,0.0001,EUR,", csv, StringComparison.Ordinal);
        Assert.Equal("read 4 added 0 changed 0 unchanged 4 refused 0", await Imported(catalog.Operator, csv));

        await using var elsewhere = await ModuleUnderTest.StartAsync(new CatalogModule());
        using var shopkeeper = elsewhere.AsOperator();
        await shopkeeper.PostOnce("/v1/catalog/categories", JsonContent.Create(new { slug = "e-lamps", name = "Lamps" }));
        Assert.Equal("read 4 added 4 changed 0 unchanged 0 refused 0", await Imported(shopkeeper, csv));
        Assert.Equal(csv, await (await shopkeeper.GetAsync("/v1/catalog/export")).Content.ReadAsStringAsync());
        foreach (var sku in (string[])["e-draft", "-e-minus", "e-quoted", "e-gone"]) Assert.Equal(await Said(catalog.Operator, sku), await Said(shopkeeper, sku));
    }

    [Fact]
    public async Task only_operators_export()
    {
        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), await (await catalog.Module.As(Guid.CreateVersion7()).GetAsync("/v1/catalog/export")).Problem());
        Assert.Equal((HttpStatusCode.Unauthorized, "unauthenticated"), await (await catalog.Module.Anonymous().GetAsync("/v1/catalog/export")).Problem());
    }

    private static async Task<string> Imported(HttpClient shopkeeper, string csv)
    {
        var address = $"/v1/catalog/imports/{Guid.CreateVersion7()}";
        (await shopkeeper.PutAsync(address, new StringContent(csv, Encoding.UTF8, "text/csv"))).EnsureSuccessStatusCode();
        JsonElement import = default;
        await Eventually.True(async () => (import = await (await shopkeeper.GetAsync(address)).Json()).GetProperty("finishedAt").ValueKind != JsonValueKind.Null, "the import done");
        return string.Join(' ', import.EnumerateObject().Where(field => field.Value.ValueKind == JsonValueKind.Number).Select(field => $"{field.Name} {field.Value}"));
    }

    /// <summary>All but the version.</summary>
    private static async Task<string> Said(HttpClient shopkeeper, string sku) =>
        string.Join('\n', (await (await shopkeeper.GetAsync($"/v1/catalog/products/{sku}")).Json()).EnumerateObject().Where(field => field.Name != "version"));
}
