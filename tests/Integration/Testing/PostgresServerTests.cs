using Npgsql;
using Shared.Testing;

namespace Integration;

public sealed class PostgresServerTests
{
    [Fact]
    public async Task a_database_is_a_copy_of_its_template_and_shares_nothing_with_it()
    {
        var server = await PostgresServer.SharedAsync();
        var template = await server.CreateDatabaseAsync();
        await Execute(template, "create table thing (id int); insert into thing values (1)");

        var copy = await server.CreateDatabaseAsync(template);
        await Execute(copy, "insert into thing values (2)");

        Assert.Equal(1L, await Ask(template, "select count(*) from thing"));
        Assert.Equal(2L, await Ask(copy, "select count(*) from thing"));
        await server.DropDatabaseAsync(copy);
        await server.DropDatabaseAsync(template);
        Assert.Equal("3D000", (await Assert.ThrowsAsync<PostgresException>(() => Ask(copy, "select 1"))).SqlState);
    }

    [Fact]
    public async Task databases_are_made_side_by_side()
    {
        var server = await PostgresServer.SharedAsync();
        var template = await server.CreateDatabaseAsync();
        await Execute(template, "create table thing (id int)");

        var copies = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => server.CreateDatabaseAsync(i % 2 == 0 ? template : null)));

        Assert.Equal(12, copies.Distinct().Count());
        await Task.WhenAll(copies.Append(template).Select(server.DropDatabaseAsync));
    }

    [Fact]
    public async Task the_server_is_set_up_as_production_is_but_for_the_disk()
    {
        var server = await PostgresServer.SharedAsync();

        Assert.Equal("logical", await Ask(server.ConnectionString, "show wal_level"));
        Assert.Equal("on", await Ask(server.ConnectionString, "show synchronous_commit"));
        Assert.InRange(server.Port, 1, 32_767);
        var wrong = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Password = "wrong", Pooling = false }.ConnectionString;
        Assert.Equal("28P01", (await Assert.ThrowsAsync<PostgresException>(() => Ask(wrong, "select 1"))).SqlState);
    }

    [Fact]
    public async Task what_was_committed_survives_a_killed_server()
    {
        await using var server = await PostgresServer.StartAsync(settings: new Dictionary<string, string> { ["max_connections"] = "20" });
        await Execute(server.ConnectionString, "create table thing (id int); insert into thing values (1)");

        await server.KillServerAsync();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => Ask(server.ConnectionString, "select count(*) from thing"));
        await server.StartServerAsync();

        Assert.Equal(1L, await Ask(server.ConnectionString, "select count(*) from thing"));
        Assert.Equal("20", await Ask(server.ConnectionString, "show max_connections"));
    }

    [Fact]
    public async Task a_server_that_cannot_start_says_why()
    {
        var fault = await Assert.ThrowsAsync<NeverException>(() => PostgresServer.StartAsync(settings: new Dictionary<string, string> { ["no_such_setting"] = "1" }));

        Assert.Contains("no_such_setting", fault.Message, StringComparison.Ordinal);
    }

    private static async Task Execute(string database, string sql) => await Ask(database, sql);

    private static async Task<object?> Ask(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
