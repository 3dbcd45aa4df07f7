using Catalog.Contracts;

namespace Orders.Tests;

public sealed class CatalogueReactionTests(OrdersUnderTest orders) : IClassFixture<OrdersUnderTest>
{
    [Fact]
    public async Task a_price_is_kept_and_what_is_older_ignored()
    {
        var sku = ASku();

        await orders.Module.Deliver(new PriceChanged(sku, 12m, "GBP", 2));
        await orders.Module.Deliver(new ProductPublished(sku, "A mug", 10m, "GBP", 1));
        await orders.Module.Deliver(new PriceChanged(sku, 12m, "GBP", 2));

        Assert.Equal((12m, false, 2L), await Price(sku));
    }

    [Fact]
    public async Task a_publication_from_before_products_had_a_weight_is_read()
    {
        var sku = ASku();

        await orders.Module.DeliverAsWritten<ProductPublished>($$"""{"sku":"{{sku}}","name":"A mug","price":10,"currency":"GBP","version":1}""");
        await orders.Module.Deliver(new ProductPublished(sku, "A mug", 10m, "GBP", 2, 350));
        await orders.Module.DeliverAsWritten<ProductPublished>($$"""{"sku":"{{sku}}","name":"A mug","price":11,"currency":"GBP","version":3}""");

        Assert.Equal((11m, false, 3L), await Price(sku));
        Assert.Equal(350, await orders.Module.Query<int>("select (data->>'weight')::int from mt_doc_catalog_price where id = $1", sku));
    }

    [Fact]
    public async Task a_withdrawal_outlasts_the_older_publication_and_ends_with_the_next()
    {
        var sku = ASku();

        await orders.Module.Deliver(new ProductWithdrawn(sku, 2));
        await orders.Module.Deliver(new ProductPublished(sku, "A mug", 10m, "GBP", 1));
        await orders.Module.Deliver(new ProductWithdrawn(sku, 2));
        Assert.True((await Price(sku)).Withdrawn);

        await orders.Module.Deliver(new ProductPublished(sku, "A mug", 11m, "GBP", 3));
        Assert.Equal((11m, false, 3L), await Price(sku));
    }

    [Fact]
    public async Task of_changes_at_the_same_time_the_newest_wins()
    {
        for (var i = 0; i < 10; i++)
        {
            var sku = ASku();

            await Task.WhenAll(
                orders.Module.Deliver(new PriceChanged(sku, 3m, "GBP", 3)),
                orders.Module.Deliver(new PriceChanged(sku, 2m, "GBP", 2)),
                orders.Module.Deliver(new ProductPublished(sku, "A mug", 1m, "GBP", 1)));

            Assert.Equal((3m, false, 3L), await Price(sku));
        }
    }

    private async Task<(decimal Price, bool Withdrawn, long Version)> Price(string sku) =>
    (
        await orders.Module.Query<decimal>("select coalesce((data->>'price')::numeric, 0) from mt_doc_catalog_price where id = $1", sku),
        await orders.Module.Query<bool>("select (data->>'withdrawn')::boolean from mt_doc_catalog_price where id = $1", sku),
        await orders.Module.Query<long>("select (data->>'version')::bigint from mt_doc_catalog_price where id = $1", sku)
    );

    private static string ASku() => $"mug-{Guid.CreateVersion7():N}";
}
