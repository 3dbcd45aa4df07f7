using System.Collections.Concurrent;
using Npgsql;
using Shared.Kernel;

namespace Shared.Testing;

/// <summary>
/// The whole shop as processes on a database of its own: all modules in one, or some of them out in hosts of their own with RabbitMQ between them.
/// A test that is given a shop cannot tell which.
/// </summary>
public sealed class Shop : IAsyncDisposable
{
    public const string Main = TopologyPlan.Main;

    private static readonly Lazy<Task<string>> Template = new(TemplateAsync);

    private readonly ConcurrentDictionary<string, HostProcess> _hosts = new();
    private readonly Dictionary<string, FreePort> _ports = [];
    private readonly Dictionary<string, Dictionary<string, string?>> _settings = [];
    private readonly Dictionary<string, FreePort> _callPorts = [];
    private readonly IReadOnlyDictionary<string, string> _databases;
    private readonly Uri? _virtualHost;

    private Shop(IReadOnlyDictionary<string, string> databases, Uri? virtualHost) => (_databases, _virtualHost) = (databases, virtualHost);

    /// <summary>An administrator's, of the database with all six schemas; if each module has its own, that of Orders.</summary>
    public string Database => _databases["orders"];

    public Oracle Oracle => new(_databases);

    public Uri Address => new($"http://127.0.0.1:{_ports[Main]}");

    public int PortOf(string host) => _ports[host].Number;

    /// <summary>Where a host of a divided shop is asked by other hosts.</summary>
    public int CallPortOf(string host) => _callPorts[host].Number;

    public HostProcess this[string host] => _hosts[host];

    /// <param name="outside">Modules that run in hosts of their own, named like them; none for all in one.</param>
    /// <param name="settings">For every host, over the usual ones.</param>
    /// <param name="killAt">Where a host kills itself, by the host's name.</param>
    /// <param name="broker">The RabbitMQ to use; by default a virtual host in the one of the run.</param>
    /// <param name="through">Makes of a database's connection string the one that the hosts get: a proxy's.</param>
    /// <param name="carrier">Between the hosts.</param>
    /// <param name="databasesEach">Whether each module has a database of its own.</param>
    public static async Task<Shop> StartAsync(IReadOnlyList<string>? outside = null, IReadOnlyDictionary<string, string?>? settings = null, IReadOnlyDictionary<string, KillAt>? killAt = null, Uri? broker = null, Func<string, string>? through = null, Carrier carrier = Carrier.RabbitMq, bool databasesEach = false)
    {
        var plan = outside is { Count: > 0 } ? new TopologyPlan(outside, carrier) : TopologyPlan.AllInOne;
        var server = await PostgresServer.SharedAsync();
        var template = await Template.Value;
        var databases = new Dictionary<string, string>();
        foreach (var module in Oracle.Modules) databases[module] = databasesEach || databases.Count == 0 ? await server.CreateDatabaseAsync(template) : databases.Values.First();

        var needed = plan.Uses(Carrier.RabbitMq) || settings?.ContainsKey("Carrier") == true;
        var virtualHost = broker is null && needed ? await (await RabbitMqServer.SharedAsync()).CreateVirtualHostAsync() : null;
        var shop = new Shop(databases, virtualHost);
        foreach (var host in plan.Hosts) (shop._ports[host], shop._callPorts[host]) = (FreePort.Take(), FreePort.Take());
        var ground = new TopologyGround(Addresses(shop._ports), Addresses(shop._callPorts), databases.ToDictionary(entry => entry.Key, entry => through?.Invoke(entry.Value) ?? entry.Value), ModuleUnderTest.Secret, broker ?? virtualHost, databases["orders"]);
        foreach (var host in plan.Hosts) shop._settings[host] = SettingsOf(plan, host, ground, settings);
        await Task.WhenAll(plan.Hosts.Select(host => shop.StartHostAsync(host, killAt?.GetValueOrDefault(host))));
        return shop;

        static Dictionary<string, Uri> Addresses(Dictionary<string, FreePort> ports) => ports.ToDictionary(entry => entry.Key, entry => new Uri($"http://127.0.0.1:{entry.Value}"));
    }

    /// <summary>Starts a host, again or for the first time, at its own address.</summary>
    /// <param name="settings">Over those it had; null unsets one.</param>
    public async Task<HostProcess> StartHostAsync(string host, KillAt? killAt = null, IReadOnlyDictionary<string, string?>? settings = null)
    {
        foreach (var (name, value) in settings ?? new Dictionary<string, string?>()) _settings[host][name] = value;
        return _hosts[host] = await HostProcess.StartReadyAsync(_settings[host], killAt, _ports[host]);
    }

    /// <summary>A second instance of a host, on a port of its own.</summary>
    public async Task<HostProcess> StartTwinAsync(string host) => _hosts[host + "-twin"] = await HostProcess.StartReadyAsync(new Dictionary<string, string?>(_settings[host]) { ["Urls"] = null, ["Calls:Urls"] = null });

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
        foreach (var database in _databases.Values.Distinct()) await (await PostgresServer.SharedAsync()).DropDatabaseAsync(database);
        if (_virtualHost is not null) await (await RabbitMqServer.SharedAsync()).DeleteVirtualHostAsync(_virtualHost);
    }

    private static Dictionary<string, string?> SettingsOf(TopologyPlan plan, string host, TopologyGround ground, IReadOnlyDictionary<string, string?>? settings)
    {
        var own = new Dictionary<string, string?>(plan.SettingsOf(host, ground))
        {
            ["Users:DevelopmentTokens"] = "true",
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
        // For a test that changes the carrier later, or runs several instances of one host.
        if (ground.RabbitMq is not null) own["RabbitMq"] = ground.RabbitMq.ToString();
        foreach (var (name, value) in settings ?? new Dictionary<string, string?>()) own[name] = value;
        return own;
    }

    /// <summary>A migrated database, to be copied: that is quicker than migrating six schemas for each test.</summary>
    private static async Task<string> TemplateAsync()
    {
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        await using var host = await HostProcess.StartReadyAsync(new Dictionary<string, string?> { ["Database:Administrator"] = database, ["Database:Secret"] = ModuleUnderTest.Secret });
        return new NpgsqlConnectionStringBuilder(database).Database!;
    }
}
