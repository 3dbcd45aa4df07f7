using Shared.Testing;

namespace Integration;

[Trait(Topologies.Runs, Topologies.InSplitToo), Trait(Topologies.Runs, Topologies.Slow)]
public sealed class PausedHostTests
{
    [Fact]
    public async Task a_host_that_is_paused_for_twenty_seconds_and_woken_doubles_nothing_that_its_twin_took_over()
    {
        await using var shop = await Shop.StartAsync(scaled: true);
        var host = shop.HostOf("inventory");
        var twin = await shop.StartTwinAsync(host);
        using var shopper = await Shopper.OperatorAsync(shop);
        using var beside = await Shopper.OperatorAsync(host == Shop.Main ? twin.Http.BaseAddress! : shop.Address);
        await shopper.ReceiveAsync("tea", 1000);
        var placing = shopper.PlaceAsync("tea", orders: 60, connections: 4);
        await Eventually.True(() => Task.FromResult(shopper.Promised.Count > 20), "some orders placed");

        shop[host].Signal(Signals.Stop);
        var paused = TimeProvider.System.GetTimestamp();
        await beside.PlaceAsync("tea", orders: 30, connections: 4);
        await Eventually.True(() => Task.FromResult(TimeProvider.System.GetElapsedTime(paused) > TimeSpan.FromSeconds(20)), "twenty seconds");
        shop[host].Signal(Signals.Continue);
        await placing;

        await shop.MustHoldAsync(new Known { AcknowledgedOrders = [.. shopper.Promised, .. beside.Promised], AcknowledgedAreAll = true });
        Assert.Equal(90, await shop.QueryAsync<long>("select count(*) from orders.mt_doc_order where data->>'status' = 'confirmed'"));
    }
}
