using Npgsql;
using Shared.Testing;

namespace Integration;

/// <summary>Inventory's data goes to a second server and comes back, with messages in hand, while the shop's orders go on before, between and after.</summary>
[Trait(Topologies.Runs, Topologies.Slow)]
public sealed class MoveAndGoOnTests
{
    private const string Inventory = "inventory";

    [Fact]
    public async Task the_shop_goes_on_where_the_data_is_and_back_again()
    {
        await using var second = await PostgresServer.StartAsync();
        var there = new NpgsqlConnectionStringBuilder(second.ConnectionString) { Database = "shop" }.ConnectionString;
        await using var shop = await Shop.StartAsync(TopologyUnderTest.Parse("all-in-one"), killAt: (Inventory, new("reaction.committed", "module://inventory/when-order-placed", Time: 5)));
        using var shopper = await Shopper.OperatorAsync(shop);
        await shopper.ReceiveAsync("tea", 1000);

        // While it runs it is refused. Then it dies with messages in hand: one at least not sent, owned by the dead process.
        var refused = await MoveCommandLine.MoveAsync(Inventory, shop.Database, there);
        Assert.True(refused.Code == 2 && refused.Said.Contains("'inventory' runs on", StringComparison.Ordinal), refused.Said);
        var placing = shopper.PlaceAsync("tea", orders: 24, connections: 4);
        await shop[Shop.Main].WaitForExitAsync();
        await shop.StopHostAsync(Shop.Main);
        Assert.NotEqual(0, await shop.QueryAsync<long>("select count(*) from inventory.wolverine_outgoing_envelopes where owner_id <> 0"));

        // It was killed some seconds ago: the test need not wait until that is true.
        await MoveCommandLine.ExecuteAsync(shop.Database, "update inventory.wolverine_nodes set health_check = health_check - interval '1 minute'");
        await MoveCommandLine.MustMoveAsync(Inventory, shop.Database, there);
        await shop.StartHostAsync(Shop.Main, settings: new Dictionary<string, string?> { [$"Database:Administrators:{Inventory}"] = there });
        await placing;
        await shopper.PlaceAsync("tea", orders: 8, connections: 4);
        await MustHoldAsync(there, orders: 32);

        await shop.StopHostAsync(Shop.Main);
        await MoveCommandLine.MustMoveAsync(Inventory, there, shop.Database);
        await shop.StartHostAsync(Shop.Main, settings: new Dictionary<string, string?> { [$"Database:Administrators:{Inventory}"] = shop.Database });
        await shopper.PlaceAsync("tea", orders: 8, connections: 4);
        await MustHoldAsync(shop.Database, orders: 40);

        async Task MustHoldAsync(string inventory, int orders)
        {
            var oracle = new Oracle(Oracle.Modules.ToDictionary(module => module, module => module == Inventory ? inventory : shop.Database));
            await oracle.UntilAtRestAsync(TimeSpan.FromSeconds(60));
            var findings = await oracle.CheckAsync(new Known { AcknowledgedOrders = shopper.Promised, AcknowledgedAreAll = true });
            Assert.True(findings.Hold, findings.ToString());
            Assert.Equal(orders, await shop.QueryAsync<long>("select count(*) from orders.mt_doc_order where data->>'status' = 'confirmed'"));
        }
    }
}
