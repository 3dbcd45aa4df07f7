using Shared.Testing;

namespace Integration;

[Trait(Topologies.Runs, Topologies.Slow)]
public sealed class BrokerTests
{
    [Fact]
    public async Task the_broker_is_away_for_twenty_seconds_under_load_and_nothing_is_lost()
    {
        await using var broker = await RabbitMqServer.StartAsync();
        await using var shop = await Shop.StartAsync(TopologyUnderTest.Parse("inventory-out"), broker: broker);
        using var shopper = await Shopper.OperatorAsync(shop);
        await shopper.ReceiveAsync("tea", 1000);
        var placing = shopper.PlaceAsync("tea", orders: 80, connections: 2);
        await Eventually.True(() => Task.FromResult(shopper.Promised.Count > 10), "some orders placed");

        await broker.StopBrokerAsync(kill: true);
        var down = TimeProvider.System.GetTimestamp();
        await placing;
        await Eventually.True(() => Task.FromResult(TimeProvider.System.GetElapsedTime(down) > TimeSpan.FromSeconds(20)), "twenty seconds");
        await broker.StartBrokerAsync();

        await shop.MustHoldAsync(new Known { AcknowledgedOrders = shopper.Promised, AcknowledgedAreAll = true }, TimeSpan.FromSeconds(90));
        Assert.Equal(80, await shop.QueryAsync<long>("select count(*) from orders.mt_doc_order where data->>'status' = 'confirmed'"));
    }
}
