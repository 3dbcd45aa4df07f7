using Shared.Testing;

namespace Integration;

public sealed class ChangedCarrierTests
{
    private const string Inventory = "inventory";

    [Fact]
    public async Task messages_in_flight_survive_a_change_of_carrier_there_and_back()
    {
        await using var shop = await Shop.StartAsync([Inventory]);
        using var shopper = await Shopper.OperatorAsync(shop);
        await shopper.ReceiveAsync("tea", 1000);

        // With Inventory stopped its messages wait in RabbitMQ; killed, the shop leaves some in outboxes too.
        await shop.StopHostAsync(Inventory);
        await shopper.PlaceAsync("tea", orders: 20, connections: 4);
        shop[Shop.Main].Kill();
        await shop[Shop.Main].WaitForExitAsync();
        await shop.StopHostAsync(Shop.Main);

        // RabbitMQ to in process: all in one host, which still drains the queues.
        await shop.StartHostAsync(Shop.Main, settings: new Dictionary<string, string?> { ["Modules"] = "*", ["Addresses:inventory"] = null, ["Carrier"] = "None", ["Drain"] = "RabbitMq" });
        await shopper.PlaceAsync("tea", orders: 20, connections: 4);
        shop[Shop.Main].Kill();
        await shop[Shop.Main].WaitForExitAsync();
        await shop.StopHostAsync(Shop.Main);

        // In process to RabbitMQ: Inventory is out again.
        await shop.StartHostAsync(Shop.Main, settings: new Dictionary<string, string?> { ["Modules"] = "users,catalog,orders,billing,shipping", ["Addresses:inventory"] = $"http://127.0.0.1:{shop.PortOf(Inventory)}", ["Carrier"] = "RabbitMq", ["Drain"] = null });
        await shop.StartHostAsync(Inventory);
        await shopper.PlaceAsync("tea", orders: 20, connections: 4);

        await shop.MustHoldAsync(new Known { AcknowledgedOrders = shopper.Promised, AcknowledgedAreAll = true }, TimeSpan.FromSeconds(90));
        Assert.Equal(60, await shop.QueryAsync<long>("select count(*) from orders.mt_doc_order where data->>'status' = 'confirmed'"));
    }
}
