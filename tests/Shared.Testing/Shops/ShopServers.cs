using Npgsql;
using Shared.Kernel;

namespace Shared.Testing;

/// <summary>What one shop stands on: a migrated database for all its modules, or one for each on a server of its own; and a virtual host, once it needs one.</summary>
internal sealed class ShopServers : IAsyncDisposable
{
    // A server that is kept, and named to each run, may hold the template of an older build.
    private static readonly string TemplateName = $"modular_template_{Directory.EnumerateFiles(Path.GetDirectoryName(HostProgram.Find())!, "*.dll").Max(File.GetLastWriteTimeUtc).Ticks:x}";
    private static readonly Lazy<Task<string>> Template = new(() => TemplateAsync(Oracle.Modules.ToDictionary(module => module, _ => PostgresServer.SharedAsync())));
    private static readonly Lazy<Task<IReadOnlyDictionary<string, PostgresServer>>> Each = new(ServerEachAsync);

    private readonly IReadOnlyDictionary<string, PostgresServer> _servers;
    private readonly RabbitMqServer? _givenBroker;
    private readonly Func<Uri, Uri> _throughBroker;
    private Uri? _virtualHost;

    private ShopServers(IReadOnlyDictionary<string, PostgresServer> servers, IReadOnlyDictionary<string, string> databases, RabbitMqServer? givenBroker, Func<string, string>? through, Func<Uri, Uri>? throughBroker)
    {
        (_servers, Databases, _givenBroker, _throughBroker) = (servers, databases, givenBroker, throughBroker ?? (broker => broker));
        Reached = databases.ToDictionary(entry => entry.Key, entry => through?.Invoke(entry.Value) ?? entry.Value);
    }

    /// <summary>Module → an administrator's connection.</summary>
    public IReadOnlyDictionary<string, string> Databases { get; }

    /// <summary>The same as the hosts get it.</summary>
    public IReadOnlyDictionary<string, string> Reached { get; }

    /// <summary>Where the PostgreSQL carrier has its letters.</summary>
    public string Bus => Databases["orders"];

    public static async Task<ShopServers> PrepareAsync(bool serverEach, RabbitMqServer? broker, Func<string, string>? through, Func<Uri, Uri>? throughBroker)
    {
        if (serverEach)
        {
            var each = await Each.Value;
            var databases = await Task.WhenAll(each.Select(async server => (server.Key, Database: await server.Value.CreateDatabaseAsync(TemplateName))));
            return new ShopServers(each, databases.ToDictionary(entry => entry.Key, entry => entry.Database), broker, through, throughBroker);
        }

        var shared = await PostgresServer.SharedAsync();
        var database = await shared.CreateDatabaseAsync(await Template.Value);
        return new ShopServers(Oracle.Modules.ToDictionary(module => module, _ => shared), Oracle.Modules.ToDictionary(module => module, _ => database), broker, through, throughBroker);
    }

    public PostgresServer ServerOf(string module) => _servers[module];

    /// <summary>The broker, if the topology has one.</summary>
    public async Task<Uri?> BrokerAsync(TopologyPlan plan) =>
        plan.Uses(Carrier.RabbitMq) ? _throughBroker(_virtualHost ??= await (await BrokerAsync()).CreateVirtualHostAsync()) : null;

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

    /// <summary>Migrated databases, to be copied: that is quicker than migrating six schemas for each test. The first of a run's processes makes them. Answers their name.</summary>
    private static async Task<string> TemplateAsync(IReadOnlyDictionary<string, Task<PostgresServer>> servers)
    {
        // A template must have no sessions: it gets its name when it is ready.
        const string making = "modular_template_in_the_making";
        await using var connection = new NpgsqlConnection((await servers.First().Value).ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var alone = new NpgsqlCommand("select pg_advisory_lock(hashtextextended('modular-template', 0))", connection);
        await alone.ExecuteNonQueryAsync();
        await using var made = new NpgsqlCommand($"select exists (select 1 from pg_database where datname = '{TemplateName}')", connection);
        if ((bool)(await made.ExecuteScalarAsync())!) return TemplateName;

        var settings = new Dictionary<string, string?> { ["Database:Secret"] = ModuleUnderTest.Secret };
        foreach (var (module, server) in servers)
            settings[$"Database:Administrators:{module}"] = new NpgsqlConnectionStringBuilder((await server).ConnectionString) { Database = making }.ConnectionString;
        await using (await HostProcess.StartReadyAsync(settings)) { }

        foreach (var server in (await Task.WhenAll(servers.Values)).Distinct()) await server.RenameDatabaseAsync(making, TemplateName);
        return TemplateName;
    }
}
