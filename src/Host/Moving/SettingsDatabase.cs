using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Shared.Kernel;

namespace Host;

/// <summary>The database where the settings say that a module's data is, as its administrator. The embedded server is started for the move if no host runs it.</summary>
internal sealed class SettingsDatabase : IAsyncDisposable
{
    private readonly EmbeddedPostgres? _started;

    private SettingsDatabase(string connection, bool isEmbedded, EmbeddedPostgres? started) => (Connection, IsEmbedded, _started) = (connection, isEmbedded, started);

    public string Connection { get; }

    public bool IsEmbedded { get; }

    public static async Task<SettingsDatabase> FindAsync(IConfiguration configuration, string module, CancellationToken ct)
    {
        if ((configuration[$"Database:Administrators:{module}"] ?? configuration["Database:Administrator"]) is { } administrator) return new(administrator, false, null);
        if (!Databases.AreEmbedded(configuration))
            throw new MoveException($"The settings name no administrator's connection to the data of '{module}': set Database:Administrators:{module} or Database:Administrator, or name both databases by --from and --to.");

        var data = Path.GetFullPath(configuration["Data"] ?? "data");
        if (!Directory.Exists(Path.Combine(data, "postgres")))
            throw new MoveException($"There is no embedded PostgreSQL in {data}: name its folder by the setting Data, or a server by Database:Administrator.");

        if (DataFolderLock.IsHeld(data)) return Shop(EmbeddedPostgres.FindRunning(data), null);
        var started = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions(data, configuration["Postgres:Binaries"], configuration.GetValue<int?>("Postgres:Port")), NullLogger.Instance, ct);
        return Shop(started.AdministratorConnectionString, started);

        SettingsDatabase Shop(string connection, EmbeddedPostgres? server) => new(new NpgsqlConnectionStringBuilder(connection) { Database = "shop" }.ConnectionString, true, server);
    }

    public ValueTask DisposeAsync() => _started?.DisposeAsync() ?? ValueTask.CompletedTask;
}
