using System.Net;
using Catalog.Contracts;

namespace Catalog.Tests;

public sealed class WithdrawProductTests(TheCatalog catalog) : IClassFixture<TheCatalog>
{
    [Fact]
    public async Task withdrawn_twice_is_withdrawn_once()
    {
        await catalog.Publish("old");

        Assert.Equal("2.5 EUR withdrawn 2", await (await catalog.Withdraw("old")).Product());
        Assert.Equal("2.5 EUR withdrawn 2", await (await catalog.Withdraw("old")).Product());

        Assert.Equal([new ProductWithdrawn("old", 2)], (await catalog.Module.Published<ProductWithdrawn>()).Where(withdrawn => withdrawn.Sku == "old"));
    }

    [Fact]
    public async Task a_withdrawn_product_is_published_again_at_the_price_it_had()
    {
        await catalog.Publish("back", "Lantern");
        await catalog.SetPrice("back", "*", 4);
        await catalog.Withdraw("back");

        Assert.Equal("4 EUR published 4", await (await catalog.Republish("back")).Product());
        Assert.Equal("4 EUR published 4", await (await catalog.Republish("back")).Product());

        Assert.Equal(
            [new ProductPublished("back", "Lantern", 2.5m, "EUR", 1, 0), new ProductPublished("back", "Lantern", 4, "EUR", 4, 0)],
            (await catalog.Module.Published<ProductPublished>()).Where(published => published.Sku == "back").OrderBy(published => published.Version));
    }

    [Fact]
    public async Task a_product_that_is_not_there_is_not_found()
    {
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await (await catalog.Withdraw("nothing")).Problem());
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await (await catalog.Republish("nothing")).Problem());
    }

    [Fact]
    public async Task only_operators_withdraw_and_publish()
    {
        var customer = catalog.Module.As(Guid.CreateVersion7());

        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), await (await customer.PostAsync("/v1/catalog/products/any/withdraw", null)).Problem());
        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), await (await customer.PostAsync("/v1/catalog/products/any/publish", null)).Problem());
    }
}
