using static Inventory.Tests.TheInventory;

namespace Inventory.Tests;

public sealed class WhenShipmentDispatchedTests(TheInventory inventory)
{
    [Fact]
    public async Task what_was_set_aside_leaves_the_house_once()
    {
        var sku = ASku();
        await inventory.Receive((sku, 10));
        var order = AnOrder((sku, 4));
        await inventory.Module.Deliver(order);

        await inventory.Module.Deliver(TheDispatchOf(order));
        await inventory.Module.Deliver(TheDispatchOf(order));

        Assert.Equal(new Counters(6, 0, 4), await inventory.CountersOf(sku));
        Assert.Equal("shipped", await inventory.StateOf(order));
    }

    [Fact]
    public async Task dispatch_of_an_unknown_order_is_a_loud_fault() => await inventory.DeliverInVain(TheDispatchOf(AnOrder((ASku(), 1))), "There is no reservation for order");

    [Fact]
    public async Task dispatch_of_a_released_order_is_a_loud_fault_and_nothing_leaves()
    {
        var sku = ASku();
        await inventory.Receive((sku, 10));
        var order = AnOrder((sku, 4));
        await inventory.Module.Deliver(order);
        await inventory.Module.Deliver(TheCancellationOf(order));

        await inventory.DeliverInVain(TheDispatchOf(order), "only reserved stock can leave the house");

        Assert.Equal(new Counters(10, 0, 0), await inventory.CountersOf(sku));
    }
}
