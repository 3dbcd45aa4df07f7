using System.Collections.Concurrent;
using Npgsql;
using Shared.Kernel;

namespace Shared.Testing;

/// <summary>
/// The whole shop as processes on data of its own, in the topology under test or in one that the test is about. A test that is given a shop cannot tell which.
/// </summary>
public sealed class Shop : IAsyncDisposable
{
    public const string Main = TopologyPlan.Main;

    private readonly ConcurrentDictionary<string, HostProcess> _hosts = new();
    private readonly Dictionary<string, FreePort> _ports = [];
    private readonly Dictionary<string, FreePort> _callPorts = [];
    private readonly Dictionary<string, Dictionary<string, string?>> _settings = [];
    private readonly ShopServers _servers;
    private readonly IReadOnlyDictionary<string, string?> _given;
    private TopologyPlan _plan = TopologyPlan.AllInOne;

    private Shop(ShopServers servers, IReadOnlyDictionary<string, string?> given) => (_servers, _given) = (servers, given);

    /// <summary>An administrator's, of the database with all six schemas; if each module has its own, that of Orders.</summary>
    public string Database => DatabaseOf("orders");

    /// <summary>An administrator's, of the database with a module's schema.</summary>
    public string DatabaseOf(string module) => _servers.Databases[module];

    public Oracle Oracle => new(_servers.Databases, ct => _servers.CarriedAsync(_plan, ct));

    public Uri Address => new($"http://127.0.0.1:{_ports[Main]}");

    public TopologyPlan Plan => _plan;

    /// <summary>The host that runs a module.</summary>
    public string HostOf(string module) => _plan.HostOf(module);

    /// <summary>Where a host of a divided shop is asked by other hosts.</summary>
    public int CallPortOf(string host) => _callPorts[host].Number;

    public HostProcess this[string host] => _hosts[host];

    /// <param name="topology">By default the one under test.</param>
    /// <param name="settings">For every host, over the usual ones.</param>
    /// <param name="killAt">The host of a module kills itself there.</param>
    /// <param name="broker">The RabbitMQ to use; by default a virtual host in the one of the run.</param>
    /// <param name="through">Makes of a database's connection string the one that the hosts get: a proxy's.</param>
    /// <param name="throughBroker">The same for the broker.</param>
    /// <param name="scaled">Hosts will have second instances.</param>
    public static async Task<Shop> StartAsync(TopologyUnderTest? topology = null, IReadOnlyDictionary<string, string?>? settings = null, (string Module, KillAt At)? killAt = null, RabbitMqServer? broker = null, Func<string, string>? through = null, Func<Uri, Uri>? throughBroker = null, bool scaled = false)
    {
        topology ??= TopologyUnderTest.Current;
        var plan = !scaled ? topology.Plan : topology.Plan with { Scaled = true, Carrier = topology.Plan.Carrier == Carrier.None ? Carrier.RabbitMq : topology.Plan.Carrier };
        var shop = new Shop(await ShopServers.PrepareAsync(topology.ServerEach, broker, through, throughBroker), settings ?? new Dictionary<string, string?>());
        await shop.StartAsync(plan, killAt is { } kill ? new() { [plan.HostOf(kill.Module)] = kill.At } : []);
        return shop;
    }

    /// <summary>Another topology on the same data: every host is stopped in order, or killed; then the new ones start, and drain the carriers used so far.</summary>
    public async Task ChangeAsync(TopologyPlan next, bool kill = false)
    {
        if (kill) foreach (var host in _hosts.Values) host.Kill();
        if (kill) await Task.WhenAll(_hosts.Values.Select(host => host.WaitForExitAsync()));
        await Task.WhenAll(_hosts.Keys.Select(StopHostAsync));
        await StartAsync(next with { Drain = DrainedBy(next) }, []);
    }

    /// <summary>Another topology without a pause, at other addresses: the new hosts start while the old ones run, and those stop after <paramref name="meanwhile"/>.</summary>
    public async Task RollAsync(TopologyPlan next, Func<Task> meanwhile)
    {
        var old = _hosts.Keys.ToDictionary(host => host, host => _hosts[host]);
        var ports = _ports.Values.Concat(_callPorts.Values).ToArray();
        _ports.Clear();
        _callPorts.Clear();
        await StartAsync(next with { Drain = DrainedBy(next) }, []);
        await meanwhile();
        foreach (var host in old.Values) await host.DisposeAsync();
        foreach (var name in old.Keys.Where(name => _hosts.TryGetValue(name, out var now) && now == old[name])) _hosts.TryRemove(name, out _);
        foreach (var port in ports) port.Dispose();
    }

    /// <summary>Starts a host, again or for the first time, at its own address.</summary>
    /// <param name="program">Another build of the program.</param>
    /// <param name="settings">Over those it had; null unsets one.</param>
    public async Task<HostProcess> StartHostAsync(string host, KillAt? killAt = null, string? program = null, IReadOnlyDictionary<string, string?>? settings = null)
    {
        foreach (var (name, value) in settings ?? new Dictionary<string, string?>()) _settings[host][name] = value;
        return _hosts[host] = await HostProcess.StartReadyAsync(_settings[host], killAt, _ports[host], program, program is null ? HostPool.OfRun : null);
    }

    /// <summary>The PostgreSQL server of a module's data.</summary>
    public PostgresServer ServerOf(string module) => _servers.ServerOf(module);

    /// <summary>Its virtual host, if it has one.</summary>
    public Task<Uri?> BrokerAsync() => _servers.BrokerAsync(_plan);

    /// <summary>A second instance of a host, on ports of its own.</summary>
    public async Task<HostProcess> StartTwinAsync(string host) => _hosts[host + "-twin"] = await HostProcess.StartReadyAsync(new Dictionary<string, string?>(_settings[host]) { ["Urls"] = null, ["Calls:Urls"] = null }, pool: HostPool.OfRun);

    /// <summary>Stops a host as an orchestrator would.</summary>
    public async Task StopHostAsync(string host)
    {
        if (_hosts.TryRemove(host, out var process)) await process.DisposeAsync();
    }

    /// <summary>Waits until the shop is at rest, and fails by name for every invariant that does not hold.</summary>
    public async Task MustHoldAsync(Known? known = null, TimeSpan? timeout = null)
    {
        await Oracle.UntilAtRestAsync(timeout ?? TimeSpan.FromSeconds(60));
        var findings = await Oracle.CheckAsync(known);
        if (!findings.Hold) throw new InvalidOperationException($"The shop is at rest, but not right:\n{findings}");
    }

    /// <summary>One value, read with an administrator's rights.</summary>
    public async Task<T> QueryAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(Database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts.Keys)
            if (_hosts[host].HasEnded) _hosts[host].StopsWithin = TimeSpan.FromSeconds(1);
        await Task.WhenAll(_hosts.Keys.Select(StopHostAsync));
        foreach (var port in _ports.Values.Concat(_callPorts.Values)) port.Dispose();
        await _servers.DisposeAsync();
    }

    private IReadOnlyList<Carrier> DrainedBy(TopologyPlan next) => [.. _plan.Drain.Append(_plan.Carrier).Except([Carrier.None, next.Carrier]).Distinct()];

    private async Task StartAsync(TopologyPlan plan, Dictionary<string, KillAt> killAt)
    {
        _plan = plan;
        foreach (var host in plan.Hosts) (_ports[host], _callPorts[host]) = (_ports.GetValueOrDefault(host) ?? FreePort.Take(), _callPorts.GetValueOrDefault(host) ?? FreePort.Take());
        var ground = new TopologyGround(Addresses(_ports), Addresses(_callPorts), _servers.Reached, ModuleUnderTest.Secret, await _servers.BrokerAsync(plan), _servers.Bus);
        foreach (var host in plan.Hosts) _settings[host] = SettingsOf(plan, host, ground, _given);
        await Task.WhenAll(plan.Hosts.Select(host => StartHostAsync(host, killAt.GetValueOrDefault(host))));

        static Dictionary<string, Uri> Addresses(Dictionary<string, FreePort> ports) => ports.ToDictionary(entry => entry.Key, entry => new Uri($"http://127.0.0.1:{entry.Value}"));
    }

    private static Dictionary<string, string?> SettingsOf(TopologyPlan plan, string host, TopologyGround ground, IReadOnlyDictionary<string, string?> given)
    {
        var own = new Dictionary<string, string?>(plan.SettingsOf(host, ground))
        {
            // Who asks for a token asks once.
            ["Users:Lifetimes:Access"] = "01:00:00",
            ["Messages:Backoff"] = "00:00:00.2,00:00:01,00:00:02,00:00:05,00:00:10",
            // Longer than any test: an order's time-out that comes due while the oracle looks would look like a message that is not handled.
            ["Orders:StockTimeout"] = "01:00:00",
            ["Orders:PaymentTimeout"] = "01:00:00",
            // Tests share two cores: who is slow is not away.
            ["Calls:Deadline"] = "00:00:08",
            ["Calls:Attempt"] = "00:00:03",
            ["Logging:LogLevel:Default"] = "Warning",
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
        };
        if (!given.ContainsKey("Tokens:Authority"))
            foreach (var (name, value) in ShopProgram.Operator.Settings.Concat(ShopProgram.Customer.Settings)) own[name] = value;
        foreach (var (name, value) in given) own[name] = value;
        return own;
    }
}
