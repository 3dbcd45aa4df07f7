using Catalog.Contracts;
using Orders.Contracts;
using static Orders.Tests.OrdersUnderTest;

namespace Orders.Tests;

/// <summary>An order's lines say what was ordered by the name that it had then.</summary>
public sealed class ProductNameTests(OrdersUnderTest orders) : IClassFixture<OrdersUnderTest>
{
    [Fact]
    public async Task a_line_has_the_name_of_the_time_of_the_order_at_the_catalogue_s_price_and_at_an_agreed_one()
    {
        var sku = $"N-{Guid.NewGuid():n}";
        await orders.Module.Deliver(new ProductPublished(sku, "Old mug", 5m, "GBP", 1, 0));
        var before = await Order(sku, unitPrice: null);
        // The correction, and behind it what is older.
        await orders.Module.Deliver(new ProductPublished(sku, "New mug", 5m, "GBP", 3, 0));
        await orders.Module.Deliver(new ProductPublished(sku, "Older mug", 5m, "GBP", 2, 0));
        var after = await Order(sku, unitPrice: 4m);

        Assert.Equal(["Old mug", "–"], await NamesOf(before));
        Assert.Equal(["New mug", "–"], await NamesOf(after));
        Assert.Equal("Old mug", (await orders.Order(before)).GetProperty("lines")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task a_copy_from_before_names_were_kept_has_none()
    {
        var sku = $"N-{Guid.NewGuid():n}";
        await orders.Module.Deliver(new ProductPublished(sku, "Mug", 5m, "GBP", 1, 0));
        await orders.Module.Query<int>("update mt_doc_catalog_price set data = data - 'name' - 'nameVersion' where id = $1 returning 1", sku);

        Assert.Equal(["–", "–"], await NamesOf(await Order(sku, unitPrice: null)));
    }

    [Fact]
    public async Task the_largest_order_fits_into_its_message_with_as_many_names_as_there_is_room_for()
    {
        var (sku, name) = ($"N-{Guid.NewGuid():n}", new string('Ж', 200));
        await orders.Module.Deliver(new ProductPublished(sku, name, 5m, "GBP", 1, 0));
        using var http = orders.Module.As(orders.Customer);

        var answer = await Place(http, new { lines = Enumerable.Repeat(new { sku, quantity = 1 }, 1_000), paymentToken = "tok_1" });

        var names = await NamesOf((await Json(answer)).GetProperty("id").GetGuid());
        Assert.Equal(Enumerable.Repeat(name, 250).Concat(Enumerable.Repeat("–", 750)), names);
    }

    /// <summary>Of a product, and of something that the catalogue does not know.</summary>
    private async Task<Guid> Order(string sku, decimal? unitPrice)
    {
        using var http = orders.Module.AsOperator();
        var answer = await Place(http, new { lines = new object[] { new { sku, quantity = 1, unitPrice }, new { sku = "unknown", quantity = 1, unitPrice = 1m } }, paymentToken = "tok_1" });
        return (await Json(answer)).GetProperty("id").GetGuid();
    }

    private async Task<string[]> NamesOf(Guid id) => [.. (await orders.Module.Published<OrderPlaced>()).Single(told => told.OrderId == id).Lines.Select(line => line.Name ?? "–")];
}
