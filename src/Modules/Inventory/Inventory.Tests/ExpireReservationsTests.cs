using Inventory.Contracts;
using Mediator;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orders.Contracts;
using Shared.Testing;
using static Inventory.Tests.TheInventory;

namespace Inventory.Tests;

public sealed class ExpireReservationsTests(TheInventory inventory)
{
    [Fact]
    public async Task what_has_waited_too_long_is_told_once_by_however_many_and_released_by_its_cancellation()
    {
        var sku = ASku();
        await inventory.Receive((sku, 10));
        var order = AnOrder((sku, 4));
        await inventory.Module.Deliver(order);
        await Age(order);

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Sweep()));
        await Sweep();

        Assert.Single(await Expired(), order.OrderId);
        Assert.Equal(new Counters(6, 4, 0), await inventory.CountersOf(sku));
        Assert.NotNull((await inventory.Get($"reservations/{order.OrderId}"))["expiredAt"]);

        await inventory.Module.Deliver(new OrderCancelled(order.OrderId, "stock.expired"));
        Assert.Equal(new Counters(10, 0, 0), await inventory.CountersOf(sku));
        Assert.Single(await inventory.Module.Published<StockReleased>(), released => released.OrderId == order.OrderId);
    }

    [Fact]
    public async Task a_parcel_that_leaves_after_all_is_booked_as_ever()
    {
        var sku = ASku();
        await inventory.Receive((sku, 40));
        var orders = Enumerable.Range(0, 10).Select(_ => AnOrder((sku, 2))).ToList();
        foreach (var order in orders) await inventory.Module.Deliver(order);
        foreach (var order in orders) await Age(order);

        await Task.WhenAll([.. orders.Select(order => inventory.Module.Deliver(TheDispatchOf(order))), .. Enumerable.Range(0, 6).Select(_ => (Task)Sweep())]);

        Assert.Equal(new Counters(20, 0, 20), await inventory.CountersOf(sku));
        var expired = await Expired();
        Assert.All(orders, order => Assert.True(expired.Count(id => id == order.OrderId) <= 1));
    }

    [Fact]
    public async Task what_is_fresh_or_over_does_not_expire()
    {
        var sku = ASku();
        await inventory.Receive((sku, 40));
        var (fresh, released, shipped, rejected) = (AnOrder((sku, 1)), AnOrder((sku, 1)), AnOrder((sku, 1)), AnOrder((sku, 999)));
        foreach (var order in new[] { fresh, released, shipped, rejected }) await inventory.Module.Deliver(order);
        await inventory.Module.Deliver(TheCancellationOf(released));
        await inventory.Module.Deliver(TheDispatchOf(shipped));
        foreach (var order in new[] { released, shipped, rejected }) await Age(order);

        await Sweep();

        Assert.Empty((await Expired()).Intersect([fresh.OrderId, released.OrderId, shipped.OrderId, rejected.OrderId]));
    }

    [Fact]
    public async Task many_are_told_in_batches_each_once()
    {
        var ids = Enumerable.Range(0, (2 * ExpireReservations.Batch) + 1).Select(_ => Guid.CreateVersion7()).ToArray();
        await inventory.Module.Query<long>(
            "with old as (insert into reservations (order_id, state, at) select id, 'reserved', now() - interval '2 days' from unnest($1) as old (id) returning 1) select count(*) from old", ids);

        while (await Sweep() is > 0 and var told) Assert.True(told <= ExpireReservations.Batch);

        Assert.Equal(ids.Order(), (await Expired()).Intersect(ids).Order());
        Assert.Equal(ids.Length, (await Expired()).Count(ids.Contains));
        await inventory.Module.Query<long>("with done as (update reservations set state = 'cancelled' where order_id = any($1) returning 1) select count(*) from done", ids);
    }

    [Fact]
    public async Task it_happens_by_itself()
    {
        await using var module = await ModuleUnderTest.StartAsync(new InventoryModule(), new Dictionary<string, string?> { ["Inventory:ReservationExpiry"] = "00:00:00.1" });
        var order = Guid.CreateVersion7();
        await module.Query<int>("insert into reservations (order_id, state, at) values ($1, 'reserved', now()) returning 1", order);

        await Eventually.True(async () => (await module.Published<ReservationExpired>()).Contains(new ReservationExpired(order)), "the reservation expired");
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData("0", 0)]
    [InlineData("02:00:00", 0)]
    [InlineData("-1", 1)]
    [InlineData("00:00:00.01", 1)]
    [InlineData("366", 1)]
    [InlineData("soon", 1)]
    public void an_expiry_that_is_no_time_stops_the_start(string? setting, int faults) => Assert.Equal(faults, new InventoryModule().Faults(
        new ConfigurationBuilder().AddInMemoryCollection([new("Inventory:ReservationExpiry", setting)]).Build(), "Production").Count());

    private Task<int> Age(OrderPlaced order) =>
        inventory.Module.Query<int>("update reservations set at = now() - interval '2 days' where order_id = $1 returning 1", order.OrderId);

    private async Task<int> Sweep()
    {
        await using var scope = inventory.Module.ServicesOf("inventory").CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ISender>().Send(new ExpireReservations.Command());
    }

    private async Task<IEnumerable<Guid>> Expired() => (await inventory.Module.Published<ReservationExpired>()).Select(expired => expired.OrderId);
}
