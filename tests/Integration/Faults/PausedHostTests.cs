using Shared.Testing;

namespace Integration;

public sealed class PausedHostTests
{
    [Fact]
    public async Task a_host_that_is_paused_for_twenty_seconds_and_woken_doubles_nothing_that_its_twin_took_over()
    {
        // Both run every module; whatever is sent may be handled by either, so it takes the shared carrier.
        await using var shop = await Shop.StartAsync(settings: new Dictionary<string, string?> { ["Carrier"] = "RabbitMq", ["Scaled"] = "*" });
        await shop.StartTwinAsync(Shop.Main);
        using var shopper = await Shopper.OperatorAsync(shop);
        using var twinShopper = await Shopper.OperatorAsync(shop[Shop.Main + "-twin"].Http.BaseAddress!);
        await shopper.ReceiveAsync("tea", 1000);
        var placing = shopper.PlaceAsync("tea", orders: 60, connections: 4);
        await Eventually.True(() => Task.FromResult(shopper.Promised.Count > 20), "some orders placed");

        shop[Shop.Main].Signal(Signals.Stop);
        var paused = TimeProvider.System.GetTimestamp();
        await twinShopper.PlaceAsync("tea", orders: 30, connections: 4);
        await Eventually.True(() => Task.FromResult(TimeProvider.System.GetElapsedTime(paused) > TimeSpan.FromSeconds(20)), "twenty seconds");
        shop[Shop.Main].Signal(Signals.Continue);
        await placing;

        await shop.MustHoldAsync(new Known { AcknowledgedOrders = [.. shopper.Promised, .. twinShopper.Promised], AcknowledgedAreAll = true });
        Assert.Equal(90, await shop.QueryAsync<long>("select count(*) from orders.mt_doc_order where data->>'status' = 'confirmed'"));
    }
}
