using System.Diagnostics;
using Shared.Testing;

namespace Bench;

/// <summary>A shop in one topology, started anew for each round: at rest after its start, then under orders until all are confirmed and it is at rest again.</summary>
internal sealed class ShopVariant(string name, IReadOnlyList<string> outside, Servers servers, Pace pace) : IVariant
{
    public const int Connections = 8, Products = 50;

    public static readonly Measure Cpu = new("CPU ms/order", Compared: true), Hosts = new("of it hosts"), Postgres = new("PostgreSQL"), Broker = new("broker"), Statements = new("statements/order"),
        PerSecond = new("orders/s"), Memory = new("MB after start", Compared: true), MemoryAfter = new("MB after the orders"), Idle = new("statements/s at rest", Compared: true), IdleCpu = new("CPU ms/s at rest");

    private static readonly TimeSpan UntilRest = TimeSpan.FromMinutes(5);

    public string Name => name;

    /// <summary>Orders before those that are measured, in each round.</summary>
    private int WarmUp => 60 * pace.Some;

    private int Orders => 80 * pace.Some;

    /// <summary>The statements of the last round: at rest, and under orders.</summary>
    public (string AtRest, string UnderOrders) Profile { get; private set; }

    // Each round warms up what it has started.
    public Task WarmUpAsync() => Task.CompletedTask;

    public async Task<Sample> RunAsync()
    {
        await using var shop = await Shop.StartAsync(outside, through: servers.AsUsed);
        var hosts = outside.Prepend(Shop.Main).Select(host => shop[host].Id).ToArray();
        var meter = new Meter(servers, shop.Database, usesBroker: outside.Count > 0, hosts);
        var sample = new Sample();

        await Task.Delay(pace.WarmUp / 4);
        sample[Memory] = hosts.Sum(ProcessTree.MemoryOf);
        await servers.ForgetStatementsAsync(shop.Database);
        var idle = await meter.OfAsync(() => Task.Delay(pace.Window));
        sample[Idle] = idle.Statements / pace.Window.TotalSeconds;
        var atRest = await servers.ProfileAsync(shop.Database, "s", pace.Window.TotalSeconds);
        sample[IdleCpu] = idle.Cpu / pace.Window.TotalSeconds * 1e3;

        using var shopper = await Shopper.OperatorAsync(shop);
        foreach (var product in Enumerable.Range(0, Products)) await shopper.ReceiveAsync(Sku(product), 1_000_000);
        await PlaceAsync(shop, shopper, WarmUp);

        await servers.ForgetStatementsAsync(shop.Database);
        var took = Stopwatch.StartNew();
        var cost = await meter.OfAsync(async () =>
        {
            took.Restart();
            await PlaceAsync(shop, shopper, Orders);
            took.Stop();
        });
        Profile = (atRest, await servers.ProfileAsync(shop.Database, "order", Orders));
        sample[Cpu] = cost.Cpu / Orders * 1e3;
        sample[Hosts] = cost.Hosts / Orders * 1e3;
        sample[Postgres] = cost.Postgres / Orders * 1e3;
        sample[Broker] = cost.Broker / Orders * 1e3;
        sample[Statements] = (double)cost.Statements / Orders;
        sample[PerSecond] = Orders / took.Elapsed.TotalSeconds;
        sample[MemoryAfter] = hosts.Sum(ProcessTree.MemoryOf);

        var confirmed = await shop.QueryAsync<long>("select count(*) from orders.mt_doc_order where data->>'status' = 'confirmed'");
        if (confirmed != WarmUp + Orders) throw new InvalidOperationException($"{name}: {WarmUp + Orders} orders were placed, {confirmed} are confirmed.");
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
        await shop.Oracle.UntilAtRestAsync(UntilRest);
    }
}
