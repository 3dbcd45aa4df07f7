using Npgsql;

namespace Host;

/// <summary>The move is refused or cannot go on; the message names the thing, the rule and the way out.</summary>
internal sealed class MoveException(string message) : Exception(message);

/// <param name="Comment">Says why it is closed, if it is: see <see cref="Closure"/>.</param>
/// <param name="HasRetired">The copy that an earlier move has left behind is beside it.</param>
internal sealed record SchemaState(bool IsThere, string? Comment, bool HasRetired);

/// <summary>One of the two databases of a move, as its administrator sees it.</summary>
internal sealed class End : IAsyncDisposable
{
    // Rows are compared as text, which these decide; and names are written out in full.
    private const string Settings = "-c timezone=UTC -c datestyle=ISO -c intervalstyle=postgres -c extra_float_digits=3 -c bytea_output=hex -c search_path=pg_catalog -c statement_timeout=0";

    // Neither triggers nor foreign keys look at rows that were looked at where they come from: the inbox's guards would alter or refuse some.
    private const string WithoutTriggers = " -c session_replication_role=replica";

    private End(NpgsqlDataSource database, string label, string id, bool isThere) => (Database, Label, Id, IsThere) = (database, label, id, isThere);

    public NpgsqlDataSource Database { get; }

    public string Label { get; }

    /// <summary>The server's own identifier and the database: the same however the connection is written.</summary>
    public string Id { get; }

    public bool IsThere { get; }

    /// <param name="option">How a fault names it.</param>
    public static async Task<End> OpenAsync(string option, string connection, bool isTarget, CancellationToken ct)
    {
        NpgsqlConnectionStringBuilder written;
        try { written = new NpgsqlConnectionStringBuilder(connection) { ApplicationName = "modular move", CommandTimeout = 0, MaxPoolSize = 5, IncludeErrorDetail = false }; }
        // The connection string holds a password: the fault never quotes it.
        catch (ArgumentException) { throw new MoveException($"{option} is not a connection string: write it as 'Host=…;Port=…;Database=…;Username=…;Password=…'."); }
        if (written.Database is not { Length: > 0 } database) throw new MoveException($"{option} names no database: add Database=….");

        await using var server = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(written.ConnectionString) { Database = "postgres", Pooling = false }.ConnectionString);
        await server.OpenAsync(ct);
        await using var command = new NpgsqlCommand("select system_identifier::text, exists (select 1 from pg_database where datname = $1) from pg_control_system()", server) { Parameters = { new() { Value = database } } };
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);

        written.Options = $"{written.Options} {Settings}{(isTarget ? WithoutTriggers : "")}".Trim();
        return new End(NpgsqlDataSource.Create(written), $"{written.Host}:{written.Port}/{database}", $"{reader.GetString(0)}/{database}", reader.GetBoolean(1));
    }

    /// <summary>One move of a module at a time; a second waits. The lock goes with the connection, and so with the process.</summary>
    public async Task<NpgsqlConnection> AloneAsync(string module, CancellationToken ct)
    {
        var connection = await Database.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand($"select pg_advisory_lock(hashtextextended('modular-move-{module}', 0))", connection);
        await command.ExecuteNonQueryAsync(ct);
        return connection;
    }

    public async Task<SchemaState> SchemaAsync(string module, CancellationToken ct) => (await ReadAsync(
        $"select to_regnamespace('{module}') is not null, obj_description(to_regnamespace('{module}')::oid, 'pg_namespace'), to_regnamespace('{module}_moved') is not null",
        row => new SchemaState(row.GetBoolean(0), row.IsDBNull(1) ? null : row.GetString(1), row.GetBoolean(2)), ct))[0];

    /// <exception cref="MoveException">A host runs the module on this database, or did a moment ago.</exception>
    public async Task MustBeStoppedAsync(string module, CancellationToken ct)
    {
        for (var look = 1; ; look++)
        {
            var connections = (await ReadAsync($"select count(*) from pg_stat_activity where datname = current_database() and (usename = '{module}' or application_name = '{module}')", row => row.GetInt64(0), ct))[0];
            var hasNodes = (await ReadAsync($"select to_regclass('{module}.wolverine_nodes') is not null", row => row.GetBoolean(0), ct))[0];
            var nodes = !hasNodes ? 0 : (await ReadAsync($"select count(*) from {module}.wolverine_nodes where health_check > now() - interval '6 seconds'", row => row.GetInt64(0), ct))[0];
            if (connections + nodes == 0) return;

            // A server notices a moment later that a process has ended; one that was killed left a node that looks alive for six seconds.
            if (look == (connections > 0 ? 10 : 80))
                throw new MoveException($"'{module}' runs on {Label}: {connections} connections of its role, {nodes} live nodes. Stop every host that runs it, then move it; one that was killed is forgotten after 6 seconds.");
            await Task.Delay(TimeSpan.FromMilliseconds(100), ct);
        }
    }

    /// <summary>All of it or nothing.</summary>
    public async Task RunAsync(string sql, CancellationToken ct)
    {
        await using var connection = await Database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using (var command = new NpgsqlCommand(sql, connection, transaction)) await command.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }

    public async Task<IReadOnlyList<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> row, CancellationToken ct)
    {
        await using var command = Database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<T>();
        while (await reader.ReadAsync(ct)) rows.Add(row(reader));
        return rows;
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}
