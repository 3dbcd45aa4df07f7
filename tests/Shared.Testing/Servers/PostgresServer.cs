using Npgsql;

namespace Shared.Testing;

/// <summary>
/// A throw-away PostgreSQL with its administrator's rights. One serves a whole test run, each test has a database of its own in it;
/// roles belong to the server, so tests that make roles name them after their database or start a server for themselves.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>Environment variable with the administrator's connection string of the server that the whole run shares.</summary>
    public const string Variable = "MODULAR_TEST_POSTGRES";

    private static readonly Lazy<Task<PostgresServer>> Shared = new(StartSharedAsync);

    private readonly PostgresCluster? _cluster;
    private readonly NpgsqlDataSource _administrator;

    private PostgresServer(string connectionString, PostgresCluster? cluster)
    {
        ConnectionString = connectionString;
        _cluster = cluster;
        _administrator = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = 4, ApplicationName = "tests" });
    }

    /// <summary>The administrator's, to the database <c>postgres</c>.</summary>
    public string ConnectionString { get; }

    public int Port => new NpgsqlConnectionStringBuilder(ConnectionString).Port;

    /// <summary>The server of this test run: the one named by <see cref="Variable"/>, or one of this process, stopped when the process ends.</summary>
    public static Task<PostgresServer> SharedAsync() => Shared.Value;

    /// <summary>Starts a server that the caller owns, by default in a temporary folder. Settings are those of postgresql.conf and win over ours.</summary>
    public static async Task<PostgresServer> StartAsync(string? folder = null, IReadOnlyDictionary<string, string>? settings = null)
    {
        var cluster = await PostgresCluster.CreateAsync(folder, settings ?? new Dictionary<string, string>());
        try
        {
            await cluster.StartAsync();
            return new PostgresServer(cluster.ConnectionString, cluster);
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Makes an empty database, or a copy of <paramref name="template"/> (a name, or what this method answered), and returns the administrator's connection string to it.
    /// A template must have no sessions but idle ones of this process.
    /// </summary>
    public async Task<string> CreateDatabaseAsync(string? template = null)
    {
        var name = $"test_{Guid.CreateVersion7():N}";
        var like = "template1";
        if (template is not null)
        {
            if (template.Contains('=', StringComparison.Ordinal))
                ClosePool(template);
            like = NameOf(template);
        }
        // Copying files costs a checkpoint but no log: without fsync that is the faster way for a migrated database.
        await ExecuteAsync($"CREATE DATABASE {Quoted(name)} TEMPLATE {Quoted(like)} STRATEGY {(template is null ? "wal_log" : "file_copy")}");
        return new NpgsqlConnectionStringBuilder(ConnectionString) { Database = name }.ConnectionString;
    }

    /// <summary>Gives a database, to which nobody is connected, another name.</summary>
    public Task RenameDatabaseAsync(string name, string to) => ExecuteAsync($"ALTER DATABASE {Quoted(name)} RENAME TO {Quoted(to)}");

    /// <summary>Drops a database with whoever is connected to it.</summary>
    public async Task DropDatabaseAsync(string connectionString)
    {
        ClosePool(connectionString);
        await ExecuteAsync($"DROP DATABASE IF EXISTS {Quoted(NameOf(connectionString))} WITH (FORCE)");
    }

    /// <summary>SIGKILL to the server, as a machine's failure would; then <see cref="StartServerAsync"/> brings it back on the same port with the same data.</summary>
    public Task KillServerAsync() => Owned.KillAsync();

    public Task StopServerAsync() => Owned.StopAsync();

    /// <summary>Starts a copy that follows this server until <c>pg_promote()</c>. The caller owns it.</summary>
    public async Task<PostgresServer> StartStandbyAsync()
    {
        var standby = await Owned.CreateStandbyAsync();
        await standby.StartAsync();
        return new PostgresServer(standby.ConnectionString, standby);
    }

    /// <summary>At the address of this server, which is stopped, its promoted standby goes on.</summary>
    public async Task ReplaceByAsync(PostgresServer promoted)
    {
        await promoted.StopServerAsync();
        await Owned.GoOnWithAsync(promoted.Owned);
    }

    public Task StartServerAsync() => Owned.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _administrator.DisposeAsync();
        if (_cluster is not null)
            await _cluster.DisposeAsync();
    }

    private PostgresCluster Owned => _cluster
        ?? throw new InvalidOperationException("The server of the whole run is not stopped by one test. Start one for this test with PostgresServer.StartAsync().");

    private static async Task<PostgresServer> StartSharedAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
            return new PostgresServer(given, null);

        var server = await StartAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return server;
    }

    private async Task ExecuteAsync(string sql)
    {
        // Not one of the pool: a test may have killed the server since.
        _administrator.Clear();
        await using var command = _administrator.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static string NameOf(string database) =>
        database.Contains('=', StringComparison.Ordinal) ? new NpgsqlConnectionStringBuilder(database).Database! : database;

    private static void ClosePool(string connectionString)
    {
        using var any = new NpgsqlConnection(connectionString);
        NpgsqlConnection.ClearPool(any);
    }

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
