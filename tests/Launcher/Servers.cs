using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Shared.Kernel;
using Shared.Testing;

namespace Launcher;

/// <summary>The PostgreSQL servers and the broker of a data folder, each started when it is first asked for, with the data it had.</summary>
internal sealed class Servers(string data, IConfiguration configuration, CancellationToken stop) : IAsyncDisposable
{
    /// <summary>The database of all modules, or that of the carrier.</summary>
    private const string Shop = "shop";

    private readonly ConcurrentDictionary<string, EmbeddedPostgres> _postgres = [];
    private readonly Guard _guard = new();
    private RabbitMqServer? _broker;

    /// <summary>The one server's folder is the data folder, as if the host alone had started it.</summary>
    public string One => data;

    public string Own(string module) => Path.Combine(data, "databases", module);

    public static bool HasData(string folder) => Directory.Exists(Path.Combine(folder, "postgres"));

    /// <summary>An administrator's connection to the shop's database on the server of a folder.</summary>
    public async Task<string> PostgresAsync(string folder)
    {
        if (!_postgres.TryGetValue(folder, out var server))
        {
            _guard.Watch(folder);
            var options = new EmbeddedPostgresOptions(folder, configuration["Postgres:Binaries"], folder == One ? configuration.GetValue<int?>("Postgres:Port") : null);
            _postgres[folder] = server = await EmbeddedPostgres.StartAsync(options, NullLogger.Instance, stop);
        }

        return new NpgsqlConnectionStringBuilder(server.AdministratorConnectionString) { Database = Shop }.ConnectionString;
    }

    public async Task StopPostgresAsync(string folder)
    {
        if (_postgres.TryRemove(folder, out var server)) await server.DisposeAsync();
    }

    public async Task<RabbitMqServer> RabbitMqAsync() => _broker ??= await RabbitMqServer.StartAsync(Path.Combine(data, "rabbitmq"));

    public async Task StopRabbitMqAsync()
    {
        if (_broker is { Ended: null } broker) await broker.StopBrokerAsync();
        if (_broker is not null) await _broker.DisposeAsync();
        _broker = null;
    }

    /// <summary>Messages in a carrier, those in a consumer's hands too.</summary>
    public async Task<long> WaitingInAsync(Carrier carrier)
    {
        if (carrier == Carrier.RabbitMq) return await RabbitMqAsync() is var broker ? (await broker.QueueDepthsAsync(broker.Uri)).Values.Sum() : 0;

        await using var source = NpgsqlDataSource.Create(await PostgresAsync(One) + ";Pooling=false");
        await using var command = source.CreateCommand("select count(*) from bus.letters");
        try
        {
            return (long)(await command.ExecuteScalarAsync(stop))!;
        }
        catch (PostgresException fault) when (fault.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName or PostgresErrorCodes.InvalidCatalogName)
        {
            return 0;
        }
    }

    /// <summary>Brings a broker back that has ended by itself; a PostgreSQL that has is a fault, since it would come back at another port.</summary>
    public async Task WatchAsync()
    {
        foreach (var server in _postgres.Values)
            if (server.Exited.IsCompleted) throw await server.Exited;
        if (_broker?.Ended is not { } words) return;

        Console.WriteLine($"  RabbitMQ has ended; it is started again. Its last lines:\n{words}");
        await _broker.StartBrokerAsync();
    }

    /// <summary>The broker first: what it holds is on disk by then.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopRabbitMqAsync();
        await Task.WhenAll(_postgres.Keys.Select(StopPostgresAsync));
        _guard.Dispose();
    }
}
