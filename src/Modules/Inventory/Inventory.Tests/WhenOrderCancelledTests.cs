using Inventory.Contracts;
using static Inventory.Tests.TheInventory;

namespace Inventory.Tests;

public sealed class WhenOrderCancelledTests(TheInventory inventory)
{
    [Fact]
    public async Task what_was_set_aside_can_be_sold_again_and_is_released_once()
    {
        var sku = ASku();
        await inventory.Receive((sku, 10));
        var order = AnOrder((sku, 4));
        await inventory.Module.Deliver(order);

        await inventory.Module.Deliver(TheCancellationOf(order));
        await inventory.Module.Deliver(TheCancellationOf(order));

        Assert.Equal(new Counters(10, 0, 0), await inventory.CountersOf(sku));
        Assert.Equal("released", await inventory.StateOf(order));
        Assert.Single(await inventory.Module.Published<StockReleased>(), released => released.OrderId == order.OrderId);
    }

    [Fact]
    public async Task an_order_cancelled_before_it_is_known_sets_nothing_aside_and_nothing_is_told()
    {
        var sku = ASku();
        await inventory.Receive((sku, 10));
        var order = AnOrder((sku, 4));

        await inventory.Module.Deliver(TheCancellationOf(order));
        await inventory.Module.Deliver(order);

        Assert.Equal(new Counters(10, 0, 0), await inventory.CountersOf(sku));
        Assert.Equal("cancelled", await inventory.StateOf(order));
        Assert.DoesNotContain(await inventory.Module.Published<StockReserved>(), reserved => reserved.OrderId == order.OrderId);
        Assert.DoesNotContain(await inventory.Module.Published<StockReleased>(), released => released.OrderId == order.OrderId);
    }

    [Fact]
    public async Task a_rejected_order_stays_rejected()
    {
        var order = AnOrder((ASku(), 1));
        await inventory.Module.Deliver(order);

        await inventory.Module.Deliver(TheCancellationOf(order));

        Assert.Equal("rejected", await inventory.StateOf(order));
        Assert.DoesNotContain(await inventory.Module.Published<StockReleased>(), released => released.OrderId == order.OrderId);
    }

    [Fact]
    public async Task placing_and_cancelling_at_the_same_moment_leave_nothing_set_aside()
    {
        var sku = ASku();
        await inventory.Receive((sku, 1_000));
        var orders = Enumerable.Range(0, 40).Select(_ => AnOrder((sku, 3))).ToList();

        await Task.WhenAll(orders.SelectMany(order => (Task[])[inventory.Module.Deliver(order), inventory.Module.Deliver(TheCancellationOf(order))]));

        Assert.Equal(new Counters(1_000, 0, 0), await inventory.CountersOf(sku));
        var (reserved, released) = ((await inventory.Module.Published<StockReserved>()), (await inventory.Module.Published<StockReleased>()));
        Assert.All(orders, order => Assert.Equal(reserved.Count(one => one.OrderId == order.OrderId), released.Count(one => one.OrderId == order.OrderId)));
    }

    [Fact]
    public async Task what_has_left_the_house_is_a_dead_letter_and_nothing_changes()
    {
        var sku = ASku();
        await inventory.Receive((sku, 10));
        var order = AnOrder((sku, 4));
        await inventory.Module.Deliver(order);
        await inventory.Module.Deliver(TheDispatchOf(order));

        await inventory.DeliverInVain(TheCancellationOf(order), "The goods have left the house");

        Assert.Equal(new Counters(6, 0, 4), await inventory.CountersOf(sku));
    }

    [Theory]
    [InlineData("dispatched lost")]
    [InlineData("lost dispatched")]
    [InlineData("lost lost dispatched lost dispatched")]
    public async Task what_was_lost_on_its_way_stays_shipped_whatever_is_heard_first(string arrival)
    {
        var sku = ASku();
        await inventory.Receive((sku, 10));
        var order = AnOrder((sku, 4));
        await inventory.Module.Deliver(order);

        foreach (var message in arrival.Split(' '))
        {
            if (message == "lost") await inventory.Module.Deliver(TheLossOf(order));
            else await inventory.Module.Deliver(TheDispatchOf(order));
        }

        Assert.Equal(new Counters(6, 0, 4), await inventory.CountersOf(sku));
        Assert.Equal("shipped", await inventory.StateOf(order));
        Assert.DoesNotContain(await inventory.Module.Published<StockReleased>(), released => released.OrderId == order.OrderId);
    }

    [Fact]
    public async Task what_is_lost_before_its_dispatch_is_heard_of_is_not_for_sale_meanwhile()
    {
        var sku = ASku();
        await inventory.Receive((sku, 10));
        var order = AnOrder((sku, 4));
        await inventory.Module.Deliver(order);

        await inventory.Module.Deliver(TheLossOf(order));

        Assert.Equal(new Counters(6, 4, 0), await inventory.CountersOf(sku));
    }
}
