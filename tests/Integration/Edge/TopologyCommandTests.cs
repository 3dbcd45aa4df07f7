using RabbitMQ.Client;
using Shared.Kernel;
using Shared.Testing;

namespace Integration;

/// <summary>Beside a deployment, told of by settings alone.</summary>
public sealed class TopologyCommandTests
{
    private const string GivenUp = "inventory.when-order-placed.dead";

    [Fact]
    public async Task who_is_down_and_who_claims_the_same_module_with_another_database_is_named()
    {
        var allInOne = TopologyUnderTest.Parse("all-in-one");
        await using var shop = await Shop.StartAsync(allInOne);
        await using var other = await Shop.StartAsync(allInOne);
        using var nobody = FreePort.Take();

        var (code, shown) = await RunAsync(new() { ["Urls"] = $"{shop.Address}", ["Addresses__inventory"] = $"{other.Address}", ["Addresses__billing"] = $"http://127.0.0.1:{nobody}" });

        Assert.Equal(1, code);
        Assert.Contains($"The module 'inventory' runs on different databases in 'this' ({shop.Address}), 'inventory' ({other.Address})", shown, StringComparison.Ordinal);
        Assert.Contains($"The host 'billing' at http://127.0.0.1:{nobody}/ is down", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_shop_that_is_well_is_all_up()
    {
        await using var shop = await Shop.StartAsync(new TopologyUnderTest(new TopologyPlan(["inventory"], Carrier.Postgres), ServerEach: false));
        using var shopper = await Shopper.OperatorAsync(shop);
        await shopper.ReceiveAsync("tea", 10);
        await shopper.UntilAsync(await shopper.PlaceAsync("tea"), "confirmed");

        var (code, shown) = await RunAsync(new() { ["Urls"] = $"{shop.Address}", ["Modules"] = "users,catalog,orders,billing,shipping", ["Addresses__inventory"] = $"{shop["inventory"].Http.BaseAddress}", ["Bus__Administrator"] = shop.Database });

        Assert.True(code == 0, shown);
        Assert.Matches(@"orders +inventory +Postgres +order-cancelled, order-placed", shown);
        Assert.Matches(@"orders +billing +in process +order-cancelled, order-part-lost, order-placed", shown);
        Assert.Matches(@"Postgres +all +0 +in use", shown);
        await shop.MustHoldAsync();
    }

    [Fact]
    public async Task what_the_broker_gave_up_is_named_with_the_way_back()
    {
        await using var shop = await Shop.StartAsync(TopologyUnderTest.Parse("inventory-out"));
        var broker = (await shop.BrokerAsync())!;
        var server = await RabbitMqServer.SharedAsync();
        // Before Inventory listens it is not there, and what is published is lost.
        await Eventually.True(async () => (await server.QueueDepthsAsync(broker)).ContainsKey(GivenUp), "the queue of what was given up");
        await using (var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync())
        await using (var channel = await connection.CreateChannelAsync())
            await channel.BasicPublishAsync("", GivenUp, new byte[] { 1 });

        var (code, shown) = await Eventually.Get(
            () => RunAsync(new() { ["Urls"] = $"{shop.Address}", ["Modules"] = "users,catalog,orders,billing,shipping", ["Addresses__inventory"] = $"{shop["inventory"].Http.BaseAddress}", ["RabbitMq"] = $"{broker}" }),
            seen => seen.Code == 1, "a fault");

        Assert.Equal(1, code);
        Assert.Contains("Messages that RabbitMq gave up", shown, StringComparison.Ordinal);
        Assert.Contains(": 1, in 'inventory.when-order-placed.dead'", shown, StringComparison.Ordinal);
        Assert.Contains("Move them back to 'inventory.when-order-placed'", shown, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Shown)> RunAsync(Dictionary<string, string?> settings)
    {
        await using var child = await ChildProcess.StartAsync(new("dotnet", [HostProgram.Find(), "topology"]) { Environment = settings });
        return ((await child.WaitForExitAsync()).Code, child.Output);
    }
}
