using System.Net;
using Catalog.Contracts;
using Orders.Contracts;
using static Orders.Tests.OrdersUnderTest;

namespace Orders.Tests;

/// <summary>The price agreed is the price paid: whatever becomes of a product, its orders go their way, in whatever state they are.</summary>
public sealed class AgreedPriceTests(OrdersUnderTest orders) : IClassFixture<OrdersUnderTest>
{
    private static readonly OrderLine Agreed = new("", 2, 4.99m, 9.98m);

    [Theory]
    [InlineData("", "placed", "StockReserved PaymentCaptured ShipmentDispatched ShipmentDelivered", "completed")]
    [InlineData("PaymentCaptured", "placed", "StockReserved ShipmentDispatched ShipmentDelivered", "completed")]
    [InlineData("StockReserved", "reserved", "PaymentCaptured ShipmentDispatched ShipmentDelivered", "completed")]
    [InlineData("StockReserved", "reserved", "PaymentDeclined", "cancelled")]
    [InlineData("StockReserved PaymentCaptured", "confirmed", "ShipmentDispatched ShipmentDelivered", "completed")]
    [InlineData("StockReserved PaymentCaptured Cancel", "cancelling", "ShipmentStopped PaymentRefunded", "cancelled")]
    [InlineData("StockReserved PaymentCaptured Cancel", "cancelling", "ShipmentDispatched ShipmentDelivered", "completed")]
    [InlineData("StockReserved PaymentCaptured ShipmentDispatched", "dispatched", "ShipmentDelivered", "completed")]
    [InlineData("StockReserved PaymentCaptured ShipmentDispatched", "dispatched", "ShipmentLost PaymentRefunded", "cancelled")]
    [InlineData("StockReserved PaymentCaptured ShipmentDispatched ShipmentDelivered", "completed", "", "completed")]
    [InlineData("Cancel", "cancelled", "PaymentCaptured PaymentRefunded", "cancelled")]
    public async Task a_change_of_its_product_changes_nothing_of_an_order(string before, string status, string after, string end)
    {
        var (sku, id) = await AnOrderFromTheCatalogue();
        await orders.TellAll(id, before);
        Assert.Equal(status, await orders.StatusOf(id));
        var facts = await orders.FactsOf(id);

        await orders.Module.Deliver(new PriceChanged(sku, 99m, "GBP", 2));
        await orders.Module.Deliver(new ProductWithdrawn(sku, 3));
        await orders.Module.Deliver(new ProductPublished(sku, "A mug again", 1m, "EUR", 4, 0));

        Assert.Equal(facts, await orders.FactsOf(id));
        await orders.TellAll(id, after);
        var order = await orders.Order(id);
        Assert.Equal((end, 9.98m, "GBP"), (order.GetProperty("status").GetString(), order.GetProperty("total").GetDecimal(), order.GetProperty("currency").GetString()));
        Assert.Equal((4.99m, 9.98m), (order.GetProperty("lines")[0].GetProperty("unitPrice").GetDecimal(), order.GetProperty("lines")[0].GetProperty("amount").GetDecimal()));
        Assert.Equal(after.EndsWith("Refunded", StringComparison.Ordinal) ? 9.98m : 0, order.GetProperty("refunded").GetDecimal());
        Assert.All((await orders.Module.Published<OrderConfirmed>()).Where(told => told.OrderId == id), told => Assert.Equal([Agreed with { Sku = sku, Name = "A mug" }], told.Lines));
    }

    [Fact]
    public async Task who_asks_again_under_the_same_key_gets_the_price_of_the_first_time()
    {
        var (sku, key) = (await AProduct(), $"{Guid.CreateVersion7()}");
        using var http = orders.Module.As(orders.Customer);
        var body = new { lines = new[] { new { sku, quantity = 2 } }, paymentToken = "t" };
        var first = await Json(await Place(http, body, key));

        await orders.Module.Deliver(new PriceChanged(sku, 99m, "GBP", 2));
        var dearer = await Json(await Place(http, body));
        await orders.Module.Deliver(new ProductWithdrawn(sku, 3));
        var again = await Json(await Place(http, body, key));

        Assert.Equal((9.98m, 198m), (first.GetProperty("total").GetDecimal(), dearer.GetProperty("total").GetDecimal()));
        Assert.Equal((first.GetProperty("id").GetGuid(), 9.98m), (again.GetProperty("id").GetGuid(), again.GetProperty("total").GetDecimal()));
        Assert.Equal((HttpStatusCode.Conflict, "product.not-for-sale"), await Problem(await Place(http, body)));
    }

    private async Task<(string Sku, Guid Id)> AnOrderFromTheCatalogue()
    {
        var sku = await AProduct();
        using var http = orders.Module.As(orders.Customer);
        var answer = await Place(http, new { lines = new[] { new { sku, quantity = 2 } }, paymentToken = "t" });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (sku, (await Json(answer)).GetProperty("id").GetGuid());
    }

    // Weightless: nothing is carried, and the order costs its lines.
    private async Task<string> AProduct()
    {
        var sku = $"mug-{Guid.CreateVersion7():N}";
        await orders.Module.Deliver(new ProductPublished(sku, "A mug", 4.99m, "GBP", 1, 0));
        return sku;
    }
}
