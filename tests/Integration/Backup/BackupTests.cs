using Npgsql;
using Shared.Kernel;
using Shared.Testing;
using static Integration.BackupCommandLine;

namespace Integration;

/// <summary>A shop of two processes is backed up while orders flow, the letters between them too, and its copy on another server is a shop of its own: everything in it agrees, and it goes on.</summary>
[Trait(Topologies.Runs, Topologies.Slow)]
public sealed class BackupTests
{
    private const string Inventory = "inventory";

    [Fact]
    public async Task a_copy_of_a_shop_with_orders_in_hand_comes_to_rest_agrees_and_goes_on()
    {
        using var folder = OwnFolder.Create("backup");
        var file = Path.Combine(folder.Path, "shop.backup");
        await using var second = await PostgresServer.StartAsync();
        var there = new NpgsqlConnectionStringBuilder(second.ConnectionString) { Database = "shop" }.ConnectionString;
        await using var shop = await Shop.StartAsync(new TopologyUnderTest(new TopologyPlan([Inventory], Carrier.Postgres), ServerEach: false));
        using var shopper = await Shopper.OperatorAsync(shop);
        await shopper.ReceiveAsync("tea", 1000);
        await shopper.PlaceAsync("tea", orders: 8, connections: 4);
        var before = shopper.Promised;

        using var enough = new CancellationTokenSource();
        var flowing = Task.Run(async () => { while (!enough.IsCancellationRequested) await shopper.PlaceAsync("tea", orders: 4, connections: 4); });
        await MustRunAsync("backup", file, shop.Database);
        await enough.CancelAsync();
        await flowing;
        await shop.MustHoldAsync(new() { AcknowledgedOrders = shopper.Promised });
        foreach (var host in shop.Plan.Hosts) await shop.StopHostAsync(host);

        await MustRunAsync("restore", file, there);
        foreach (var host in shop.Plan.Hosts) await shop.StartHostAsync(host, settings: new Dictionary<string, string?> { ["Database:Administrator"] = there, ["Bus:Administrator"] = there });
        var copy = new Oracle(Oracle.Modules.ToDictionary(module => module, _ => there), _ => MoveCommandLine.QueryAsync<long>(there, "select count(*) from bus.letters"));
        await copy.UntilAtRestAsync(TimeSpan.FromSeconds(60));
        var findings = await copy.CheckAsync(new Known { AcknowledgedOrders = before });
        Assert.True(findings.Hold, findings.ToString());

        using var another = await Shopper.OperatorAsync(shop);
        await another.PlaceAsync("tea", orders: 8, connections: 4);
        await copy.UntilAtRestAsync(TimeSpan.FromSeconds(60));
        findings = await copy.CheckAsync(new Known { AcknowledgedOrders = [.. before, .. another.Promised] });
        Assert.True(findings.Hold, findings.ToString());
    }
}
