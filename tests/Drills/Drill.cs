using System.Diagnostics;
using Shared.Testing;

namespace Drills;

/// <summary>A fault that strikes a shop while orders flow. It is passed if the oracle finds every invariant whole, no promised order lost and none doubled.</summary>
/// <param name="Fault">What happens, for people.</param>
/// <param name="Strike">Does it, and heals it.</param>
internal sealed record Drill(string Name, string Fault, Func<DrillRun, Task> Strike)
{
    private const int Connections = 4, OrdersAround = 40;

    public string Topology { get; init; } = "split";

    public bool Scaled { get; init; }

    /// <summary>Tokens come from elsewhere: every version of the program takes those.</summary>
    public bool OutsideIssuer { get; init; }

    /// <summary>Settings of the drill's PostgreSQL server.</summary>
    public IReadOnlyDictionary<string, string> Postgres { get; init; } = new Dictionary<string, string>();

    public sealed record Outcome(bool Passed, string Text);

    public async Task<Outcome> RunAsync()
    {
        await using var postgres = await PostgresServer.StartAsync(settings: new Dictionary<string, string>(Postgres) { ["fsync"] = "on", ["full_page_writes"] = "on" });
        Environment.SetEnvironmentVariable(PostgresServer.Variable, postgres.ConnectionString);
        await using var broker = await RabbitMqServer.StartAsync();
        await using var toPostgres = TcpProxy.ToPostgres(postgres.Port);
        await using var toBroker = TcpProxy.To(broker.Port);
        var topology = TopologyUnderTest.Parse(Topology);
        var issuer = OutsideIssuer ? await TestIssuer.SharedAsync() : null;
        var settings = issuer is null ? null : new Dictionary<string, string?> { ["Tokens:Authority"] = issuer.Address.ToString() };
        await using var shop = await Shop.StartAsync(topology, settings, broker: broker, through: topology.ServerEach ? null : toPostgres.Through, throughBroker: toBroker.Through, scaled: Scaled);
        using var load = new Load(shop, Connections, issuer?.Token("operator", Guid.CreateVersion7()));
        var run = new DrillRun(shop, load, postgres, broker, toPostgres, toBroker);
        await load.StartAsync();
        await load.UntilPromisedAsync(OrdersAround);

        await Strike(run);

        await load.UntilPromisedAsync(OrdersAround);
        await load.StopAsync();
        var resting = Stopwatch.GetTimestamp();
        string? restless = null;
        try { await shop.Oracle.UntilAtRestAsync(TimeSpan.FromMinutes(4)); }
        catch (TimeoutException still) { restless = still.Message; }

        var rest = Stopwatch.GetElapsedTime(resting);
        return await JudgeAsync(run, rest, restless);
    }

    private async Task<Outcome> JudgeAsync(DrillRun run, TimeSpan rest, string? restless)
    {
        var promised = run.Load.Promised;
        var findings = await run.Shop.Oracle.CheckAsync(new Known { AcknowledgedOrders = promised, AcknowledgedAreAll = true });
        var confirmed = await run.Shop.QueryAsync<long>("select count(*) from orders.mt_doc_order where data->>'status' in ('confirmed', 'dispatched', 'completed')");
        var orders = await run.Shop.QueryAsync<long>("select count(*) from orders.mt_doc_order");
        var (lost, doubled) = (promised.Count - confirmed, orders - promised.Count);
        var passed = findings.Hold && restless is null && lost == 0 && doubled == 0;
        var text = $"""
            {(passed ? "passed" : "FAILED")}  {Name}: {Fault}
              requests {run.Load.Requests:N0}, failed {run.Load.Failed:N0}, orders promised {promised.Count:N0}; longest gap {run.Load.LongestGap.TotalSeconds:N1} s; at rest {rest.TotalSeconds:N1} s after the last order; lost {lost}, doubled {doubled}
            """;
        return new Outcome(passed, string.Join(Environment.NewLine, new[] { text }.Concat(run.Notes.Select(note => "  " + note)).Concat(restless is null ? [] : [restless]).Concat(findings.Hold ? [] : [$"{findings}"])));
    }
}
