using Npgsql;
using Shared.Testing;

namespace Integration;

/// <summary>move as a person starts it: a process of its own, between two databases.</summary>
internal static class MoveCommandLine
{
    /// <summary>How it ended, and what it said.</summary>
    public sealed record Run(int Code, string Said);

    /// <param name="from">What the settings say.</param>
    /// <param name="killAt">A checkpoint at which it kills itself.</param>
    public static async Task<Run> MoveAsync(string module, string from, string to, KillAt? killAt = null)
    {
        using var folder = OwnFolder.Create("move");
        var environment = new Dictionary<string, string?> { ["Database__Administrator"] = from, ["Database__Secret"] = ModuleUnderTest.Secret };
        if (killAt is not null)
        {
            environment["DOTNET_STARTUP_HOOKS"] = HostProgram.Built("tests/StartupHook", "StartupHook");
            environment["MODULAR_CHECKPOINT_KILL"] = killAt.ToString();
            environment["MODULAR_CHECKPOINT_FILE"] = Path.Combine(folder.Path, "checkpoint");
        }

        await using var process = await ChildProcess.StartAsync(new("dotnet", [HostProgram.Find(), "move", module, "--to", to]) { Environment = environment });
        var end = await process.WaitForExitAsync();
        return new(end.Code, process.Output);
    }

    public static async Task MustMoveAsync(string module, string from, string to)
    {
        var run = await MoveAsync(module, from, to);
        Assert.True(run.Code == 0, run.Said);
    }

    public static async Task<T> QueryAsync<T>(string database, string sql)
    {
        await using var connection = await OpenAsync(database);
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public static async Task<int> ExecuteAsync(string database, string sql)
    {
        await using var connection = await OpenAsync(database);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteNonQueryAsync();
    }

    // Not pooled: a database with a connection is no template.
    public static async Task<NpgsqlConnection> OpenAsync(string database)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }
}
