using Inventory.Contracts;
using static Inventory.Tests.TheInventory;

namespace Inventory.Tests;

public sealed class WhenOrderPlacedTests(TheInventory inventory)
{
    [Fact]
    public async Task every_line_is_set_aside_and_told()
    {
        var (a, b) = (ASku(), ASku());
        await inventory.Receive((a, 20), (b, 10));
        var order = AnOrder((a, 2), (b, 1), (a, 3));

        await inventory.Module.Deliver(order);

        Assert.Equal(new Counters(15, 5, 0), await inventory.CountersOf(a));
        Assert.Equal(new Counters(9, 1, 0), await inventory.CountersOf(b));
        Assert.Equal("reserved", await inventory.StateOf(order));
        Assert.Single(await inventory.Module.Published<StockReserved>(), reserved => reserved.OrderId == order.OrderId);
    }

    [Fact]
    public async Task one_missing_line_rejects_the_whole_order_and_sets_nothing_aside()
    {
        var (a, b, unknown) = (ASku(), ASku(), ASku());
        await inventory.Receive((a, 20), (b, 10));
        var order = AnOrder((a, 2), (b, 11), (unknown, 1));

        await inventory.Module.Deliver(order);

        Assert.Equal(new Counters(20, 0, 0), await inventory.CountersOf(a));
        Assert.Equal("rejected", await inventory.StateOf(order));
        var rejected = Assert.Single(await inventory.Module.Published<StockRejected>(), rejected => rejected.OrderId == order.OrderId);
        Assert.Equal($"{b}: 11 wanted, 10 left; {unknown}: 1 wanted, 0 left.", rejected.Reason);
        Assert.DoesNotContain(await inventory.Module.Published<StockReserved>(), reserved => reserved.OrderId == order.OrderId);
    }

    [Fact]
    public async Task the_same_message_and_the_same_order_in_another_message_set_aside_once()
    {
        var sku = ASku();
        await inventory.Receive((sku, 10));
        var (order, id) = (AnOrder((sku, 2)), Guid.CreateVersion7());

        await inventory.Module.Deliver(order, id);
        await inventory.Module.Deliver(order, id);
        await inventory.Module.Deliver(order);

        Assert.Equal(new Counters(8, 2, 0), await inventory.CountersOf(sku));
        Assert.Single(await inventory.Module.Published<StockReserved>(), reserved => reserved.OrderId == order.OrderId);
    }

    [Fact]
    public async Task a_rejected_order_stays_rejected_when_goods_come_and_it_is_placed_twice()
    {
        var sku = ASku();
        var order = AnOrder((sku, 2));
        await inventory.Module.Deliver(order);
        await inventory.Receive((sku, 10));

        await inventory.Module.Deliver(order);

        Assert.Equal("rejected", await inventory.StateOf(order));
        Assert.Single(await inventory.Module.Published<StockRejected>(), rejected => rejected.OrderId == order.OrderId);
    }

    [Fact]
    public async Task low_stock_is_told_once_per_step_across_the_threshold()
    {
        var sku = ASku();
        await inventory.Receive((sku, Threshold + 1));

        await inventory.Module.Deliver(AnOrder((sku, 1)));
        Assert.DoesNotContain(await inventory.Module.Published<StockLow>(), low => low.Sku == sku);

        await inventory.Module.Deliver(AnOrder((sku, 2)));
        await inventory.Module.Deliver(AnOrder((sku, 1)));
        Assert.Equal(new StockLow(sku, Threshold - 2), Assert.Single(await inventory.Module.Published<StockLow>(), low => low.Sku == sku));
    }

    [Fact]
    public async Task a_hundred_orders_at_once_for_the_last_ten_reserve_exactly_ten()
    {
        var (a, b) = (ASku(), ASku());
        await inventory.Receive((a, 10), (b, 1_000));

        // Half of them name the products the other way round: whoever locked in the order's own order would deadlock.
        var orders = Enumerable.Range(0, 100).Select(i => i % 2 == 0 ? AnOrder((a, 1), (b, 1)) : AnOrder((b, 1), (a, 1))).ToList();
        await Task.WhenAll(orders.Select(order => inventory.Module.Deliver(order)));

        var ids = orders.Select(order => order.OrderId).ToHashSet();
        Assert.Equal(10, (await inventory.Module.Published<StockReserved>()).Count(reserved => ids.Contains(reserved.OrderId)));
        Assert.Equal(90, (await inventory.Module.Published<StockRejected>()).Count(rejected => ids.Contains(rejected.OrderId)));
        Assert.Equal(new Counters(0, 10, 0), await inventory.CountersOf(a));
        Assert.Equal(new Counters(990, 10, 0), await inventory.CountersOf(b));

        // By waiting for the locked rows, not by failing at the table's checks or in deadlocks and being repeated.
        Assert.Equal(0, await inventory.Module.Query<int>(
            "select coalesce(max(attempts), 0) from wolverine_incoming_envelopes where received_at = 'module://inventory/when-order-placed'"));
    }
}
