using Npgsql;
using Shared.Testing;
using Toys;

namespace Integration;

/// <summary>What a module's database sessions are set to, and why.</summary>
public sealed class SessionTests
{
    [Fact]
    public async Task a_plan_made_for_an_empty_inbox_does_not_scan_a_full_one()
    {
        await using var module = await ModuleUnderTest.StartAsync(new ToysModule());
        await using var connection = await module.OpenConnectionAsync();
        await ExecuteAsync(connection, "vacuum analyze wolverine_incoming_envelopes");
        await ExecuteAsync(connection, "set plan_cache_mode = force_generic_plan");
        await ExecuteAsync(connection, "prepare sought (uuid, text) as select 1 from wolverine_incoming_envelopes where id = $1 and received_at = $2 and status = 'Incoming' for update");

        var plan = await ReadAsync(connection, $"explain execute sought('{Guid.Empty}', 'module://toys/throw-late-ball')");

        Assert.Contains("Index Scan", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
        Assert.Equal("off", await ReadAsync(connection, "show jit"));
    }

    [Fact]
    public async Task locks_of_a_host_that_vanished_are_given_back_within_a_minute()
    {
        await using var module = await ModuleUnderTest.StartAsync(new ToysModule());
        await using var connection = await module.OpenConnectionAsync();

        Assert.Equal("1min", await ReadAsync(connection, "show idle_in_transaction_session_timeout"));
        Assert.Equal("15", await ReadAsync(connection, "show tcp_keepalives_idle"));
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<string> ReadAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync()) lines.Add(reader.GetString(0));
        return string.Join('\n', lines);
    }
}
