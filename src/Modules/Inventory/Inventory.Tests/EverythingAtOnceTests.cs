using Orders.Contracts;
using static Inventory.Tests.TheInventory;

namespace Inventory.Tests;

public sealed class EverythingAtOnceTests(TheInventory inventory)
{
    [Fact]
    public async Task orders_cancellations_dispatches_and_deliveries_of_the_same_products_at_once_add_up()
    {
        var skus = Enumerable.Range(0, 6).Select(_ => ASku()).ToArray();
        await inventory.Receive(skus.Select(sku => (sku, 40)).ToArray());
        var random = new Random(20240229);
        var orders = Enumerable.Range(0, 90).Select(_ => AnOrder(random.GetItems(skus, 4).Select(sku => (sku, random.Next(1, 4))).ToArray())).ToList();
        await Task.WhenAll(orders.Take(30).Select(order => inventory.Module.Deliver(order)));
        var held = new List<OrderPlaced>();
        foreach (var order in orders.Take(30)) if (await inventory.StateOf(order) == "reserved") held.Add(order);

        await Task.WhenAll([
            .. held.Select((order, i) => i % 2 == 0 ? inventory.Module.Deliver(TheCancellationOf(order)) : inventory.Module.Deliver(TheDispatchOf(order))),
            .. orders.Skip(30).Select(order => inventory.Module.Deliver(order)),
            .. orders.Skip(60).Select(order => inventory.Module.Deliver(TheCancellationOf(order))),
            .. Enumerable.Range(0, 10).Select(i => inventory.Receive((i % 2 == 0 ? skus : skus.Reverse()).Select(sku => (sku, 2)).ToArray()))]);

        foreach (var sku in skus)
        {
            var counters = await inventory.CountersOf(sku);
            Assert.Equal(60, counters.OnHand + counters.Reserved + counters.Shipped);
            Assert.Equal(counters.Reserved, await inventory.Module.Query<long>(
                "select coalesce(sum(quantity), 0)::bigint from reservation_lines join reservations using (order_id) where state = 'reserved' and sku = $1", sku));
        }
    }
}
