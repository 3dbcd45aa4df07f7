using System.Text;
using Npgsql;
using Shared.Testing;

namespace Bench;

/// <summary>The PostgreSQL of a run, which counts its statements. A RabbitMQ is started by who needs it.</summary>
internal sealed class Servers : IAsyncDisposable
{
    private readonly PostgresServer _postgres;
    private readonly NpgsqlDataSource _administrator;

    private Servers(PostgresServer postgres) => (_postgres, _administrator) = (postgres, NpgsqlDataSource.Create(postgres.ConnectionString));

    public static async Task<Servers> StartAsync()
    {
        var postgres = await PostgresServer.StartAsync(settings: new Dictionary<string, string> { ["shared_preload_libraries"] = "pg_stat_statements" });
        // What is written for the tests, such as a whole shop, uses the server of the run: this one.
        Environment.SetEnvironmentVariable(PostgresServer.Variable, postgres.ConnectionString);
        var servers = new Servers(postgres);
        await servers.RunAsync("create extension pg_stat_statements");
        return servers;
    }

    /// <returns>The administrator's connection.</returns>
    public Task<string> CreateDatabaseAsync() => _postgres.CreateDatabaseAsync();

    /// <summary>How many statements were run in a database since the server's start, BEGIN and COMMIT among them.</summary>
    public async Task<long> StatementsAsync(string database)
    {
        await using var command = _administrator.CreateCommand("""
            select coalesce(sum(calls), 0)::bigint from pg_stat_statements(false) s join pg_database d on d.oid = s.dbid where d.datname = $1
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = NameOf(database) });
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Forgets a database's statements so far; not while they are counted.</summary>
    public Task ForgetStatementsAsync(string database) =>
        RunAsync($"select pg_stat_statements_reset(0, (select oid from pg_database where datname = '{NameOf(database)}'))");

    /// <summary>A table of a database's statements, of all modules together, those with most time first: for the profile of a goal that is missed.</summary>
    /// <param name="units">How many orders or seconds there were, by which calls and times are divided.</param>
    public async Task<string> ProfileAsync(string database, string unit, double units)
    {
        await using var command = _administrator.CreateCommand("""
            select regexp_replace(left(regexp_replace(s.query, '\s+', ' ', 'g'), 110), '"?\m(users|catalog|inventory|orders|billing|shipping)"?\.', '', 'g'), sum(s.calls)::float8, sum(s.total_exec_time)
            from pg_stat_statements s join pg_database d on d.oid = s.dbid where d.datname = $1 group by 1 order by 3 desc limit 25
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = NameOf(database) });
        await using var reader = await command.ExecuteReaderAsync();
        var table = new StringBuilder($"| statement | calls/{unit} | µs/{unit} |\n| --- | ---: | ---: |\n");
        while (await reader.ReadAsync())
            table.Append($"| `{reader.GetString(0).Replace("|", "\\|")}` | {Spread.Format(reader.GetDouble(1) / units)} | {Spread.Format(reader.GetDouble(2) / units * 1e3)} |\n");
        return table.ToString();
    }

    /// <summary>As on the page: version and what decides how durable a commit is.</summary>
    public async Task<string> DescribeAsync()
    {
        await using var command = _administrator.CreateCommand(
            "select format('PostgreSQL %s (fsync %s, synchronous_commit %s, shared_buffers %s, pg_stat_statements loaded)', split_part(current_setting('server_version'), ' ', 1), current_setting('fsync'), current_setting('synchronous_commit'), current_setting('shared_buffers'))");
        return (string)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await _administrator.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    private async Task RunAsync(string sql)
    {
        await using var command = _administrator.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static string NameOf(string database) => new NpgsqlConnectionStringBuilder(database).Database!;
}
