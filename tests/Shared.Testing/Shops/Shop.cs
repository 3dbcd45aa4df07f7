using System.Collections.Concurrent;
using Npgsql;

namespace Shared.Testing;

/// <summary>
/// The whole shop as processes on a database of its own: all modules in one, or some of them out in hosts of their own with RabbitMQ between them.
/// A test that is given a shop cannot tell which.
/// </summary>
public sealed class Shop : IAsyncDisposable
{
    public const string Main = "main";

    private static readonly Lazy<Task<string>> Template = new(TemplateAsync);

    private readonly ConcurrentDictionary<string, HostProcess> _hosts = new();
    private readonly Dictionary<string, FreePort> _ports = [], _callPorts = [];
    private readonly Dictionary<string, Dictionary<string, string?>> _settings = [];
    private readonly string _database;
    private readonly Uri? _virtualHost;

    private Shop(string database, Uri? virtualHost) => (_database, _virtualHost) = (database, virtualHost);

    /// <summary>An administrator's, of the database with all six schemas.</summary>
    public string Database => _database;

    public Oracle Oracle => new(_database);

    public Uri Address => new($"http://127.0.0.1:{_ports[Main]}");

    public int PortOf(string host) => _ports[host].Number;

    /// <summary>Where a host of a divided shop answers calls.</summary>
    public int CallPortOf(string host) => _callPorts[host].Number;

    public HostProcess this[string host] => _hosts[host];

    /// <param name="outside">Modules that run in hosts of their own, named like them; none for all in one.</param>
    /// <param name="settings">For every host, over the usual ones.</param>
    /// <param name="killAt">Where a host kills itself, by the host's name.</param>
    /// <param name="broker">The RabbitMQ to use; by default a virtual host in the one of the run.</param>
    /// <param name="through">Makes of the database's connection string the one that the hosts get: a proxy's.</param>
    public static async Task<Shop> StartAsync(IReadOnlyList<string>? outside = null, IReadOnlyDictionary<string, string?>? settings = null, IReadOnlyDictionary<string, KillAt>? killAt = null, Uri? broker = null, Func<string, string>? through = null)
    {
        outside ??= [];
        var server = await PostgresServer.SharedAsync();
        var database = await server.CreateDatabaseAsync(await Template.Value);
        var virtualHost = broker is null && (outside.Count > 0 || settings?.ContainsKey("Carrier") == true) ? await (await RabbitMqServer.SharedAsync()).CreateVirtualHostAsync() : null;
        var shop = new Shop(database, virtualHost);
        foreach (var host in outside.Prepend(Main)) (shop._ports[host], shop._callPorts[host]) = (FreePort.Take(), FreePort.Take());
        foreach (var host in outside.Prepend(Main)) shop._settings[host] = shop.SettingsOf(host, outside, settings, broker ?? virtualHost, through?.Invoke(database) ?? database);
        await Task.WhenAll(outside.Prepend(Main).Select(host => shop.StartHostAsync(host, killAt?.GetValueOrDefault(host))));
        return shop;
    }

    /// <summary>Starts a host, again or for the first time, at its own address.</summary>
    /// <param name="settings">Over those it had; null unsets one.</param>
    public async Task<HostProcess> StartHostAsync(string host, KillAt? killAt = null, IReadOnlyDictionary<string, string?>? settings = null)
    {
        foreach (var (name, value) in settings ?? new Dictionary<string, string?>()) _settings[host][name] = value;
        return _hosts[host] = await HostProcess.StartReadyAsync(_settings[host], killAt, _ports[host]);
    }

    /// <summary>A second instance of a host, on a port of its own.</summary>
    public async Task<HostProcess> StartTwinAsync(string host) => _hosts[host + "-twin"] = await HostProcess.StartReadyAsync(_settings[host]);

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
        await using var connection = new NpgsqlConnection(_database);
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
        await (await PostgresServer.SharedAsync()).DropDatabaseAsync(_database);
        if (_virtualHost is not null) await (await RabbitMqServer.SharedAsync()).DeleteVirtualHostAsync(_virtualHost);
    }

    private Dictionary<string, string?> SettingsOf(string host, IReadOnlyList<string> outside, IReadOnlyDictionary<string, string?>? settings, Uri? broker, string administrator)
    {
        var own = new Dictionary<string, string?>
        {
            ["Database:Administrator"] = administrator,
            ["Database:Secret"] = ModuleUnderTest.Secret,
            ["Users:DevelopmentTokens"] = "true",
            ["Messages:Backoff"] = "00:00:00.2,00:00:01,00:00:02,00:00:05,00:00:10",
            // Longer than any test: an order's time-out that comes due while the oracle looks would look like a message that is not handled.
            ["Orders:StockTimeout"] = "01:00:00",
            ["Orders:PaymentTimeout"] = "01:00:00",
            ["Logging:LogLevel:Default"] = "Warning",
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
        };
        if (broker is not null) own["RabbitMq"] = broker.ToString();
        if (outside.Count > 0)
        {
            own["Carrier"] = "RabbitMq";
            own["Modules"] = host == Main ? string.Join(',', Sources.Modules.Except(outside)) : host;
            own["Calls:Secret"] = ModuleUnderTest.Secret;
            own["Calls:Urls"] = $"http://127.0.0.1:{_callPorts[host]}";
            foreach (var module in Sources.Modules.Where(module => module != host && (host != Main || outside.Contains(module))))
                own[$"Calls:Addresses:{module}"] = $"http://127.0.0.1:{_callPorts[outside.Contains(module) ? module : Main]}";
            if (host == Main)
            {
                foreach (var module in outside) own[$"Addresses:{module}"] = $"http://127.0.0.1:{_ports[module]}";
            }
            else
            {
                own["Gateway"] = "false";
                own["Addresses:users"] = $"http://127.0.0.1:{_ports[outside.Contains("users") ? "users" : Main]}";
            }
        }

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
