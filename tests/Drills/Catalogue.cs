using Npgsql;
using Shared.Testing;

namespace Drills;

/// <summary>Every drill, by name.</summary>
internal static class Catalogue
{
    public static readonly IReadOnlyList<Drill> All =
    [
        .. Oracle.Modules.Append(Shop.Main).Select(host => new Drill($"kill-{host}", $"kill -9 of the host {host}, started again 3 s later", run => run.KillAndRestartAsync(host))),
        new("kill-all", "kill -9 of every host at once", async run =>
        {
            var hosts = run.Shop.Plan.Hosts;
            foreach (var host in hosts) run.Shop[host].Kill();
            await Task.WhenAll(hosts.Select(run.Shop.StopHostAsync));
            await Task.WhenAll(hosts.Select(host => run.Shop.StartHostAsync(host)));
        }),
        new("pause", "SIGSTOP of one of two instances of Inventory for 30 s, then woken", async run =>
        {
            await run.Shop.StartTwinAsync("inventory");
            run.Shop["inventory"].Signal(Signals.Stop);
            await DrillRun.LastsAsync(30);
            run.Shop["inventory"].Signal(Signals.Continue);
        }) { Scaled = true },
        new("instances", "kill -9 of one of two instances of Inventory under load", Takeover.StrikeAsync) { Scaled = true },
        new("broker-kill", "kill -9 of the broker, back after 60 s", async run =>
        {
            await run.Broker.StopBrokerAsync(kill: true);
            await DrillRun.LastsAsync(60);
            await run.Broker.StartBrokerAsync();
        }),
        new("broker-memory", "the broker's memory alarm for 20 s: publishers are blocked", run => AlarmAsync(run, "memory")),
        new("broker-disk", "the broker's disk is full for 20 s: publishers are blocked", run => AlarmAsync(run, "disk")),
        new("reset", "all connections to PostgreSQL and the broker are reset, five times", async run =>
        {
            for (var i = 0; i < 5; i++)
            {
                run.ToPostgres.CutAll();
                run.ToBroker.CutAll();
                await DrillRun.LastsAsync(3);
            }
        }),
        new("half-open", "nothing passes to or from the broker for 20 s, connections stay open", run => SilenceAsync(run.ToBroker, run.ToBroker.Pause)),
        new("one-way", "the broker hears everything and is not heard for 20 s", run => SilenceAsync(run.ToBroker, run.ToBroker.PauseAnswers)),
        new("half-open-postgres", "nothing passes to or from PostgreSQL for 20 s, connections stay open", run => SilenceAsync(run.ToPostgres, run.ToPostgres.Pause)),
        new("one-way-postgres", "PostgreSQL hears everything and is not heard for 20 s", run => SilenceAsync(run.ToPostgres, run.ToPostgres.PauseAnswers)),
        new("postgres-kill", "kill -9 of PostgreSQL, back after 5 s", async run =>
        {
            await run.Postgres.KillServerAsync();
            await DrillRun.LastsAsync(5);
            await run.Postgres.StartServerAsync();
        }),
        new("standby", "PostgreSQL is killed and its synchronous standby promoted", Standby.StrikeAsync) { Postgres = Standby.Primary },
        new("commit", "the answers of ten COMMITs are swallowed, of commands and reactions", async run =>
        {
            foreach (var module in new[] { "orders", "inventory", "billing", "shipping", "orders", "inventory", "billing", "shipping", "orders", "orders" })
                await run.ToPostgres.SwallowNextCommit(user: module, mentions: $"module://{module}/").WaitAsync(TimeSpan.FromSeconds(60));
        }),
        new("clock", "the clock of Billing's host is ten minutes ahead, then ten behind", async run =>
        {
            foreach (var offset in new[] { "+600s", "-600s", "+0s" })
            {
                await run.Shop.StopHostAsync("billing");
                await run.Shop.StartHostAsync("billing", settings: FakeClock(offset));
                await run.Load.UntilPromisedAsync(40);
            }
        }),
        new("database", "all in one: Billing's own PostgreSQL server is away for 20 s, the other modules serve on", async run =>
        {
            var server = run.Shop.ServerOf("billing");
            await server.KillServerAsync();
            var before = run.Load.Promised.Count;
            await DrillRun.LastsAsync(20);
            run.Notes.Add($"orders taken meanwhile: {run.Load.Promised.Count - before:N0}");
            await server.StartServerAsync();
        }) { Topology = "all-in-one-servers" },
        new("versions", "the previous version of the program in every host, replaced one by one and put back one by one", Versions.StrikeAsync) { OutsideIssuer = true },
    ];

    private static async Task AlarmAsync(DrillRun run, string resource)
    {
        await run.Broker.SetAlarmAsync(resource, on: true);
        await DrillRun.LastsAsync(20);
        await run.Broker.SetAlarmAsync(resource, on: false);
    }

    private static async Task SilenceAsync(TcpProxy wire, Action fall)
    {
        fall();
        await DrillRun.LastsAsync(20);
        wire.CutAll();
        wire.Resume();
    }

    private static Dictionary<string, string?> FakeClock(string offset)
    {
        const string library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";
        if (!File.Exists(library)) throw new InvalidOperationException($"The drill 'clock' needs {library}. Install Debian's package: apt-get install -y faketime.");
        return new() { ["LD_PRELOAD"] = library, ["FAKETIME"] = offset, ["DONT_FAKE_MONOTONIC"] = "1", ["FAKETIME_DONT_RESET"] = "1" };
    }
}

/// <summary>How long what a dead instance had in hand waits for the living one.</summary>
internal static class Takeover
{
    public static async Task StrikeAsync(DrillRun run)
    {
        var nodes = await NodesAsync(run);
        await run.Shop.StartTwinAsync("inventory");
        var twin = Assert(await NodesAsync(run) is { Count: 2 } both ? both.Except(nodes).ToArray() : [], "two nodes");
        await run.Load.UntilPromisedAsync(100);

        run.Shop["inventory"].Kill();
        var died = TimeProvider.System.GetTimestamp();
        var dead = string.Join(',', nodes);
        await Eventually.True(async () => await run.Shop.QueryAsync<long>(
            $"select (select count(*) from inventory.wolverine_incoming_envelopes where owner_id in ({dead}) and status <> 'Handled') + (select count(*) from inventory.wolverine_outgoing_envelopes where owner_id in ({dead})) + (select count(*) from inventory.wolverine_nodes where node_number in ({dead}))") == 0,
            "the dead instance owns nothing", TimeSpan.FromSeconds(60));
        run.Notes.Add($"takeover complete {TimeProvider.System.GetElapsedTime(died).TotalSeconds:N1} s after the kill (at most 12 wanted)");
        run.Notes.Add($"false ejections: {((await NodesAsync(run)).Contains(twin) ? 0 : 1)}");

        await run.Shop.StopHostAsync("inventory");
        await run.Shop.StartHostAsync("inventory");
    }

    private static int Assert(int[] found, string what) => found is [var one] ? one : throw new InvalidOperationException($"Expected {what} in inventory.wolverine_nodes.");

    private static async Task<IReadOnlyList<int>> NodesAsync(DrillRun run)
    {
        await using var connection = new NpgsqlConnection(run.Shop.Database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select node_number from inventory.wolverine_nodes", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var numbers = new List<int>();
        while (await reader.ReadAsync()) numbers.Add(reader.GetInt32(0));
        return numbers;
    }
}

/// <summary>Two versions of the program side by side, in every mixture that a roll passes through, there and back.</summary>
internal static class Versions
{
    /// <summary>Environment variable with the Host.dll of the previous version.</summary>
    public const string Variable = "MODULAR_PREVIOUS_HOST";

    public static async Task StrikeAsync(DrillRun run)
    {
        var previous = Environment.GetEnvironmentVariable(Variable) ?? throw new InvalidOperationException($"{Variable} does not name the previous version's Host.dll: './modular drill versions' builds it.");
        foreach (var program in new[] { previous, null, previous, null })
            foreach (var host in run.Shop.Plan.Hosts)
            {
                await run.Shop.StopHostAsync(host);
                await run.Shop.StartHostAsync(host, program: program);
                await run.Load.UntilPromisedAsync(20);
            }
    }
}
