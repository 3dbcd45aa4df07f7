using Shared.Kernel;
using Shared.Testing;

namespace Launcher;

/// <summary>The hosts of one topology on the servers of one data folder.</summary>
internal sealed class RunningShop : IAsyncDisposable
{
    private readonly TopologyPlan _plan;
    private readonly TopologyFile _file;
    private readonly Servers _servers;
    private readonly IReadOnlyDictionary<string, string?> _settings;
    private readonly IReadOnlyList<FreePort> _ports;
    private readonly List<HostRun> _hosts = [];

    private RunningShop(TopologyPlan plan, TopologyFile file, Servers servers, IReadOnlyDictionary<string, string?> settings, IReadOnlyList<FreePort> ports) =>
        (_plan, _file, _servers, _settings, _ports) = (plan, file, servers, settings, ports);

    /// <summary>Carriers that may hold messages when this shop is killed.</summary>
    private IEnumerable<Carrier> Undrained => _plan.Drain.Append(_plan.Carrier).Where(carrier => carrier != Carrier.None);

    public static async Task<RunningShop> StartAsync(Options options, TopologyFile file, Servers servers, CancellationToken stop)
    {
        Task starting = options.Plan.Uses(Carrier.RabbitMq) ? servers.RabbitMqAsync() : Task.CompletedTask;
        var opening = ModuleData.OpenAsync(servers, options.DatabasesEach);
        await Screen.Step(options.Plan.Uses(Carrier.RabbitMq) ? "Starting PostgreSQL and RabbitMQ" : "Starting PostgreSQL", Task.WhenAll(starting, opening));
        var administrators = await opening;
        var plan = options.Plan with { Drain = await Screen.Step("Looking for messages of the last run", LeftAsync(options.Plan, file, servers)) };
        stop.ThrowIfCancellationRequested();

        var ports = plan.Hosts.Concat(plan.Hosts).Select(_ => FreePort.Take()).ToArray();
        var addresses = plan.Hosts.Zip(ports, (host, port) => (host, Local(port))).ToDictionary();
        addresses[TopologyPlan.Main] = options.Address;
        var reached = new Dictionary<string, Uri>(addresses) { [TopologyPlan.Main] = new UriBuilder(options.Address) { Host = options.Address.Host is "0.0.0.0" or "[::]" ? "127.0.0.1" : options.Address.Host }.Uri };
        var calls = plan.Hosts.Zip(ports.Skip(plan.Hosts.Count), (host, port) => (host, Local(port))).ToDictionary();

        // By the first server's password the roles' passwords are made, as the host does that starts its own server.
        var secret = new Npgsql.NpgsqlConnectionStringBuilder(administrators["users"]).Password!;
        var bus = options.DatabasesEach && !UsesPostgres(plan) ? null : await servers.PostgresAsync(servers.One);
        var broker = plan.Uses(Carrier.RabbitMq) ? (await servers.RabbitMqAsync()).Uri : null;
        var ground = new TopologyGround(reached, calls, administrators, secret, broker, bus);

        var shop = new RunningShop(plan, file, servers, Described(plan, ground), ports);
        try
        {
            foreach (var host in plan.Hosts)
            {
                var settings = plan.SettingsOf(host, ground);
                settings["Urls"] = addresses[host].ToString().TrimEnd('/');
                shop._hosts.Add(new HostRun(host, reached[host], options.Settings, settings, new BoundedLog(Path.Combine(options.Data, "logs", $"{host}.log")), shop.WriteDown));
            }

            shop.WriteDown();
            await Screen.Step($"Starting {string.Join(", ", plan.Hosts)}", Task.WhenAll(shop._hosts.Select(host => host.StartAsync())).WaitAsync(stop));
            return shop;
        }
        catch
        {
            await shop.DisposeAsync();
            throw;
        }
    }

    public void Show()
    {
        Screen.Table(
        [
            ["PROCESS", "HOST", "MODULES", "ADDRESS", "LOG"],
            .. _hosts.Select(host => new[] { $"{host.Process}", host.Name, string.Join(',', _plan.ModulesOf(host.Name)) is { Length: > 0 } modules ? modules : "gateway only", $"{host.Address}", host.Log }),
        ]);
        if (_plan.Drain.Count > 0) Console.WriteLine($"  Messages that the last run left in {string.Join(", ", _plan.Drain)} are still taken from there.");
        Console.WriteLine($"The shop is at {_hosts[0].Address} ({(_plan.Carrier == Carrier.None ? "one process" : $"{_plan.Carrier} between the processes")}). ./modular topology shows it; Ctrl-C stops it.");
    }

    public async Task StopAsync()
    {
        foreach (var gateway in _hosts.Take(1)) await gateway.StopAsync();
        await Task.WhenAll(_hosts.Skip(1).Select(host => host.StopAsync()));
        _file.WriteLeft(await FullAsync(Undrained, _servers));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts) await host.DisposeAsync();
        foreach (var port in _ports) port.Dispose();
    }

    private void WriteDown() => _file.Write(_settings, _hosts, _plan.ModulesOf, Undrained);

    /// <summary>As for the gateway's own host, and every module's database.</summary>
    private static Dictionary<string, string?> Described(TopologyPlan plan, TopologyGround ground)
    {
        var settings = plan.SettingsOf(TopologyPlan.Main, ground);
        foreach (var (module, administrator) in ground.Administrators) settings[$"Database:Administrators:{module}"] = administrator;
        return settings;
    }

    /// <summary>Where the last run left messages, if this one uses another carrier; a broker without any is stopped again.</summary>
    private static async Task<IReadOnlyList<Carrier>> LeftAsync(TopologyPlan plan, TopologyFile file, Servers servers)
    {
        var full = await FullAsync(file.LeftIn.Where(carrier => carrier != plan.Carrier), servers);
        if (!full.Append(plan.Carrier).Contains(Carrier.RabbitMq)) await servers.StopRabbitMqAsync();
        return full;
    }

    private static async Task<IReadOnlyList<Carrier>> FullAsync(IEnumerable<Carrier> carriers, Servers servers)
    {
        var full = new List<Carrier>();
        foreach (var carrier in carriers)
            if (await servers.WaitingInAsync(carrier) > 0) full.Add(carrier);
        return full;
    }

    private static bool UsesPostgres(TopologyPlan plan) => plan.Drain.Append(plan.Carrier).Any(carrier => carrier is not (Carrier.None or Carrier.RabbitMq));

    private static Uri Local(FreePort port) => new($"http://127.0.0.1:{port}");
}
