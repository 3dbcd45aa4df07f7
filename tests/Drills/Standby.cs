using Npgsql;
using Shared.Testing;

namespace Drills;

/// <summary>A synchronous standby of the drill's server, which takes its place.</summary>
internal static class Standby
{
    /// <summary>The primary answers a COMMIT only when a standby has it, once there is one.</summary>
    public static readonly IReadOnlyDictionary<string, string> Primary = new Dictionary<string, string> { ["max_wal_senders"] = "10", ["hot_standby"] = "on" };

    public static async Task StrikeAsync(DrillRun run)
    {
        var standby = await run.Postgres.StartStandbyAsync();
        await ExecuteAsync(run.Postgres.ConnectionString, "alter system set synchronous_standby_names = '*'");
        await ExecuteAsync(run.Postgres.ConnectionString, "select pg_reload_conf()");
        await Eventually.True(async () => await SynchronousAsync(run.Postgres.ConnectionString), "a synchronous standby", TimeSpan.FromSeconds(60));
        await run.Load.UntilPromisedAsync(60);

        await run.Postgres.KillServerAsync();
        run.ToPostgres.CutAll();
        await ExecuteAsync(standby.ConnectionString, "select pg_promote(true, 60)");
        run.ToPostgres.LeadTo(standby.Port);
        run.ToPostgres.CutAll();
        await run.Load.UntilPromisedAsync(60);
        // The old primary never comes back: what the oracle is to read at its address is the standby's data.
        await run.Postgres.ReplaceByAsync(standby);
        run.ToPostgres.LeadTo(run.Postgres.Port);
        run.ToPostgres.CutAll();
    }

    private static async Task<bool> SynchronousAsync(string connection)
    {
        await using var source = NpgsqlDataSource.Create(connection);
        await using var command = source.CreateCommand("select exists (select 1 from pg_stat_replication where sync_state in ('sync', 'quorum'))");
        return (bool)(await command.ExecuteScalarAsync())!;
    }

    private static async Task ExecuteAsync(string connection, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connection);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
