using System.Net;
using Microsoft.Extensions.Configuration;
using Shared.Testing;

namespace Catalog.Tests;

public sealed class ProductCacheTests(TheCatalog catalog) : IClassFixture<TheCatalog>
{
    private static readonly Dictionary<string, string?> KeepsLong = new() { ["Catalog:CacheFor"] = "00:05:00" };

    [Fact]
    public async Task customers_read_from_memory_until_something_changes_and_operators_from_the_store()
    {
        await using var module = await catalog.SecondInstanceAsync(KeepsLong);
        using var customer = module.Anonymous();
        using var shopkeeper = module.AsOperator();
        await catalog.Publish("cached");
        Assert.Equal("2.5 EUR published 1", await Read(customer, "cached"));

        await catalog.Module.Query<string>("update mt_doc_product set data = jsonb_set(data, '{price}', '7') where id = 'cached' returning id");

        Assert.Equal("2.5 EUR published 1", await Read(customer, "cached"));
        Assert.Equal("7 EUR published 1", await Read(shopkeeper, "cached"));
        await shopkeeper.PostAsync("/v1/catalog/products/cached/withdraw", null);
        Assert.Equal("7 EUR withdrawn 2", await Read(customer, "cached"));
    }

    [Fact]
    public async Task nothing_is_kept_where_the_time_is_zero()
    {
        await using var module = await catalog.SecondInstanceAsync(new Dictionary<string, string?> { ["Catalog:CacheFor"] = "00:00:00" });
        using var customer = module.Anonymous();
        await catalog.Publish("unkept");
        Assert.Equal("2.5 EUR published 1", await Read(customer, "unkept"));

        await catalog.SetPrice("unkept", "*", 3);

        Assert.Equal("3 EUR published 2", await Read(customer, "unkept"));
    }

    [Fact]
    public async Task an_import_is_seen_at_once_by_the_instance_that_makes_it()
    {
        await catalog.Publish("imported");
        Assert.Equal("2.5 EUR published 1", await (await catalog.Get("/imported")).Product());

        await catalog.Import("sku,name,price,currency\nimported,Lantern,3,EUR\n");

        Assert.Equal("3 EUR published 2", await (await catalog.Get("/imported")).Product());
    }

    [Fact]
    public async Task another_instance_serves_a_stale_price_for_its_time_at_most_and_never_takes_a_stale_etag()
    {
        await using var other = await catalog.SecondInstanceAsync(new Dictionary<string, string?> { ["Catalog:CacheFor"] = "00:00:01" });
        using var customer = other.Anonymous();
        using var shopkeeper = other.AsOperator();
        await catalog.Publish("shared");
        await Read(customer, "shared");

        await catalog.SetPrice("shared", "\"1\"", 4);

        Assert.Equal("4 EUR published 2", await (await catalog.Get("/shared")).Product());
        Assert.Equal("4 EUR published 2", await Read(shopkeeper, "shared"));
        Assert.Equal((HttpStatusCode.PreconditionFailed, "changed-meanwhile"), await (await catalog.Put("/v1/catalog/products/shared/price", "\"1\"", new { price = 5, currency = "EUR" }, shopkeeper)).Problem());
        await Eventually.True(async () => await Read(customer, "shared") == "4 EUR published 2", "the new price at the other instance");
    }

    [Fact]
    public async Task a_draft_that_is_published_is_there_at_once_and_what_is_not_there_is_not_remembered()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await catalog.Get("/awaited")).StatusCode);
        await catalog.Draft("awaited");
        Assert.Equal(HttpStatusCode.NotFound, (await catalog.Get("/awaited")).StatusCode);

        await catalog.Republish("awaited");

        Assert.Equal("2.5 EUR published 2", await (await catalog.Get("/awaited")).Product());
    }

    [Fact]
    public async Task without_its_redis_the_catalog_reads_and_writes_all_the_same()
    {
        using var nobody = FreePort.Take();
        await using var module = await catalog.SecondInstanceAsync(new Dictionary<string, string?> { ["Catalog:Redis"] = $"127.0.0.1:{nobody}" });
        using var customer = module.Anonymous();
        using var shopkeeper = module.AsOperator();
        await catalog.Publish("away");
        Assert.Equal("2.5 EUR published 1", await Read(customer, "away"));

        Assert.Equal(HttpStatusCode.OK, (await catalog.Put("/v1/catalog/products/away/price", "\"1\"", new { price = 3, currency = "EUR" }, shopkeeper)).StatusCode);

        Assert.Equal("3 EUR published 2", await Read(customer, "away"));
    }

    [Theory]
    [InlineData("Catalog:CacheFor", "soon")]
    [InlineData("Catalog:CacheFor", "-00:00:01")]
    [InlineData("Catalog:CacheFor", "01:00:00")]
    [InlineData("Catalog:Redis", "redis:6379,passwort=secret")]
    public void a_setting_that_makes_no_sense_is_named_and_no_password_shown(string setting, string value)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create(setting, (string?)value)]).Build();

        var fault = Assert.Single(new CatalogModule().Faults(configuration, "Production"));

        Assert.StartsWith(setting, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", fault, StringComparison.Ordinal);
    }

    private static async Task<string> Read(HttpClient http, string sku) => await (await http.GetAsync($"/v1/catalog/products/{sku}")).Product();
}
