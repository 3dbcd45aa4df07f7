using System.Diagnostics;
using Shared.Kernel;
using Shared.Testing;

namespace Bench;

/// <summary>A shop in one topology, started anew for each round: at rest after its start, then under orders until all are confirmed.</summary>
internal sealed class ShopVariant(string name, TopologyUnderTest topology, Servers servers, Pace pace, IReadOnlyDictionary<string, string?>? settings = null) : IVariant
{
    public const int Connections = 8, Products = 50;

    public static readonly Measure Cpu = new("CPU ms/order", Compared: true), Hosts = new("of it hosts"), Postgres = new("PostgreSQL"), Broker = new("broker"), Statements = new("statements/order"),
        PerSecond = new("orders/s"), Memory = new("MB after start", Compared: true), MemoryAfter = new("MB after the orders", Compared: true), Idle = new("statements/s at rest", Compared: true), IdleCpu = new("CPU ms/s at rest");

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public string Name => name;

    private int Orders => 80 * pace.Some;

    /// <summary>The statements of the last round: at rest, and under orders.</summary>
    public (string AtRest, string UnderOrders) Profile { get; private set; }

    // Each round warms up what it has started.
    public Task WarmUpAsync() => Task.CompletedTask;

    public async Task<Sample> RunAsync()
    {
        await using var shop = await Shop.StartAsync(topology, settings);
        var hosts = topology.Plan.Hosts.Select(host => shop[host].Id).ToArray();
        var meter = new Meter(servers, shop.Database, usesBroker: topology.Plan.Uses(Carrier.RabbitMq), hosts);
        var sample = new Sample();

        await Task.Delay(pace.WarmUp);
        sample[Memory] = hosts.Sum(ProcessTree.MemoryOf);
        await servers.ForgetStatementsAsync(shop.Database);
        var idle = await meter.OfAsync(() => Task.Delay(pace.Window));
        sample[Idle] = idle.Statements / pace.Window.TotalSeconds;
        var atRest = await servers.ProfileAsync(shop.Database, "s", pace.Window.TotalSeconds);
        sample[IdleCpu] = idle.Cpu / pace.Window.TotalSeconds * 1e3;

        using var shopper = await Shopper.OperatorAsync(shop);
        foreach (var product in Enumerable.Range(0, Products)) await shopper.ReceiveAsync(Sku(product), 1_000_000);
        var before = 0;
        await WarmUp.UntilNoQuickerAsync(async () =>
        {
            var lot = Stopwatch.StartNew();
            await PlaceAsync(shop, shopper, Orders);
            await UntilConfirmedAsync(shop, before += Orders);
            return Orders / lot.Elapsed.TotalSeconds;
        });
        await shop.Oracle.UntilAtRestAsync(Patience);

        await servers.ForgetStatementsAsync(shop.Database);
        var took = Stopwatch.StartNew();
        var cost = await meter.OfAsync(async () =>
        {
            took.Restart();
            await PlaceAsync(shop, shopper, Orders);
            await UntilConfirmedAsync(shop, before + Orders);
            took.Stop();
        });
        Profile = (atRest, await servers.ProfileAsync(shop.Database, "order", Orders));
        sample[Cpu] = cost.Cpu / Orders * 1e3;
        sample[Hosts] = cost.Hosts / Orders * 1e3;
        sample[Postgres] = cost.Postgres / Orders * 1e3;
        sample[Broker] = cost.Broker / Orders * 1e3;
        sample[Statements] = (double)cost.Statements / Orders;
        sample[PerSecond] = Orders / took.Elapsed.TotalSeconds;
        await shop.MustHoldAsync(timeout: Patience);
        sample[MemoryAfter] = hosts.Sum(ProcessTree.MemoryOf);
        return sample;
    }

    public ValueTask DisposeAsync() => default;

    private static string Sku(int product) => $"bench-{product}";

    private static async Task PlaceAsync(Shop shop, Shopper shopper, int orders)
    {
        var left = orders;
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
        {
            for (int n; (n = Interlocked.Decrement(ref left)) >= 0;) await shopper.PlaceAsync(Sku(n % Products));
        }));
    }

    // One cheap question: what the oracle asks until the shop is at rest would be measured too.
    private static async Task UntilConfirmedAsync(Shop shop, int orders) =>
        await Eventually.Get(() => shop.QueryAsync<long>("select count(*) from orders.mt_doc_order where status = 'confirmed'"), confirmed => confirmed == orders, $"{orders} orders confirmed", Patience);
}
