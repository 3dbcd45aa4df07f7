using Npgsql;
using Shared.Kernel;

namespace Shared.Testing;

/// <summary>What one shop stands on: a migrated database for all its modules, or one for each on a server of its own; and a virtual host, once it needs one.</summary>
internal sealed class ShopServers : IAsyncDisposable
{
    private static readonly string TemplateName = $"modular_template_{Environment.ProcessId}";
    private static readonly Lazy<Task<string>> Template = new(() => TemplateAsync(Oracle.Modules.ToDictionary(module => module, _ => PostgresServer.SharedAsync())));
    private static readonly Lazy<Task<IReadOnlyDictionary<string, PostgresServer>>> Each = new(ServerEachAsync);

    private readonly IReadOnlyDictionary<string, PostgresServer> _servers;
    private readonly RabbitMqServer? _givenBroker;
    private Uri? _virtualHost;

    private ShopServers(IReadOnlyDictionary<string, PostgresServer> servers, IReadOnlyDictionary<string, string> databases, RabbitMqServer? givenBroker, Func<string, string>? through)
    {
        (_servers, Databases, _givenBroker) = (servers, databases, givenBroker);
        Reached = databases.ToDictionary(entry => entry.Key, entry => through?.Invoke(entry.Value) ?? entry.Value);
    }

    /// <summary>Module → an administrator's connection.</summary>
    public IReadOnlyDictionary<string, string> Databases { get; }

    /// <summary>The same as the hosts get it.</summary>
    public IReadOnlyDictionary<string, string> Reached { get; }

    /// <summary>Where the PostgreSQL carrier has its letters.</summary>
    public string Bus => Databases["orders"];

    public static async Task<ShopServers> PrepareAsync(bool serverEach, RabbitMqServer? broker, Func<string, string>? through)
    {
        if (serverEach)
        {
            var each = await Each.Value;
            var databases = await Task.WhenAll(each.Select(async server => (server.Key, Database: await server.Value.CreateDatabaseAsync(TemplateName))));
            return new ShopServers(each, databases.ToDictionary(entry => entry.Key, entry => entry.Database), broker, through);
        }

        var shared = await PostgresServer.SharedAsync();
        var database = await shared.CreateDatabaseAsync(await Template.Value);
        return new ShopServers(Oracle.Modules.ToDictionary(module => module, _ => shared), Oracle.Modules.ToDictionary(module => module, _ => database), broker, through);
    }

    /// <summary>The broker, if the topology has one.</summary>
    public async Task<Uri?> BrokerAsync(TopologyPlan plan) =>
        plan.Uses(Carrier.RabbitMq) ? _virtualHost ??= await (await BrokerAsync()).CreateVirtualHostAsync() : null;

    /// <summary>How many messages the topology's carriers hold.</summary>
    public async Task<long> CarriedAsync(TopologyPlan plan, CancellationToken ct)
    {
        var carried = 0L;
        if (plan.Uses(Carrier.RabbitMq) && _virtualHost is { } broker) carried += (await (await BrokerAsync()).QueueDepthsAsync(broker)).Values.Sum();
        if (plan.Uses(Carrier.Postgres))
        {
            await using var connection = new NpgsqlConnection(Bus);
            await connection.OpenAsync(ct);
            await using var command = new NpgsqlCommand("select count(*) from bus.letters", connection);
            carried += (long)(await command.ExecuteScalarAsync(ct))!;
        }

        return carried;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (module, database) in Databases.DistinctBy(entry => entry.Value)) await _servers[module].DropDatabaseAsync(database);
        if (_virtualHost is not null) await (await BrokerAsync()).DeleteVirtualHostAsync(_virtualHost);
    }

    private Task<RabbitMqServer> BrokerAsync() => _givenBroker is null ? RabbitMqServer.SharedAsync() : Task.FromResult(_givenBroker);

    private static async Task<IReadOnlyDictionary<string, PostgresServer>> ServerEachAsync()
    {
        var servers = new Dictionary<string, PostgresServer>();
        foreach (var module in Oracle.Modules) servers[module] = await PostgresServer.StartAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Task.WhenAll(servers.Values.Select(server => server.DisposeAsync().AsTask())).GetAwaiter().GetResult();
        await TemplateAsync(servers.ToDictionary(entry => entry.Key, entry => Task.FromResult(entry.Value)));
        return servers;
    }

    /// <summary>Migrated databases, to be copied: that is quicker than migrating six schemas for each test. Answers their name.</summary>
    private static async Task<string> TemplateAsync(IReadOnlyDictionary<string, Task<PostgresServer>> servers)
    {
        var settings = new Dictionary<string, string?> { ["Database:Secret"] = ModuleUnderTest.Secret };
        foreach (var (module, server) in servers)
            settings[$"Database:Administrators:{module}"] = new NpgsqlConnectionStringBuilder((await server).ConnectionString) { Database = TemplateName }.ConnectionString;
        await using var host = await HostProcess.StartReadyAsync(settings);
        return TemplateName;
    }
}
