using Shared.Testing;
using static Integration.MoveCommandLine;

namespace Integration;

/// <summary>What is not moved, and stays as it was.</summary>
public sealed class MoveRefusalTests(StoppedShop stopped) : IClassFixture<StoppedShop>
{
    private const string Module = StoppedShop.Module;

    [Theory]
    [InlineData("a connection of the module's", "1 connections of its role, 0 live nodes")]
    [InlineData("a live node", "0 connections of its role, 1 live nodes")]
    public async Task a_module_that_runs(string sign, string named)
    {
        var (from, to) = await stopped.TwoDatabasesAsync();
        await using var connection = await OpenAsync(from + (sign == "a live node" ? "" : ";Application Name=orders"));
        if (sign == "a live node") await ExecuteAsync(from, "insert into orders.wolverine_nodes (id, description, uri, health_check) values (gen_random_uuid(), '', '', now() + interval '1 minute')");

        await MustRefuseAsync(from, to, named);
    }

    [Fact]
    public async Task to_where_it_is()
    {
        var (from, _) = await stopped.TwoDatabasesAsync();

        await MustRefuseAsync(from, from.Replace("127.0.0.1", "localhost", StringComparison.Ordinal), "which is the database to move it to");
    }

    [Fact]
    public async Task onto_other_data()
    {
        var (from, to) = await stopped.TwoDatabasesAsync();
        await ExecuteAsync(to, "create schema orders; create table orders.mt_doc_order (id int); insert into orders.mt_doc_order values (1)");

        await MustRefuseAsync(from, to, "orders.mt_doc_order is not empty");
        Assert.Equal(1, await QueryAsync<long>(to, "select count(*) from orders.mt_doc_order"));
    }

    [Fact]
    public async Task what_the_program_would_leave_behind()
    {
        var (from, to) = await stopped.TwoDatabasesAsync();
        await ExecuteAsync(from, """
            create table orders.notes (id int primary key); create sequence orders.notes_numbers; alter table orders.mt_doc_order add column note text;
            create function orders.note() returns trigger language plpgsql as 'begin return new; end'; create trigger noted before insert on orders.mt_doc_order for each row execute function orders.note()
            """);

        await MustRefuseAsync(from, to, "table notes", "sequence notes_numbers", "column mt_doc_order.note text", "function note()", "trigger CREATE TRIGGER noted");
    }

    [Fact]
    public async Task a_move_from_elsewhere_to_a_target_that_is_being_filled()
    {
        var (from, to) = await stopped.TwoDatabasesAsync();
        var (other, _) = await stopped.TwoDatabasesAsync();
        await MoveAsync(Module, other, to, new KillAt("move.copied"));

        await MustRefuseAsync(from, to, "Another move to");
    }

    [Theory]
    [InlineData("Host", "--to is not a connection string")]
    [InlineData("Host=127.0.0.1;Username=postgres;Password=hush", "--to names no database")]
    public async Task to_nowhere(string to, string named)
    {
        var (from, _) = await stopped.TwoDatabasesAsync();

        Assert.DoesNotContain("hush", await MustRefuseAsync(from, to, named), StringComparison.Ordinal);
    }

    private static async Task<string> MustRefuseAsync(string from, string to, params string[] named)
    {
        var run = await MoveAsync(Module, from, to);

        Assert.True(run.Code == 2, run.Said);
        Assert.All(named, name => Assert.Contains(name, run.Said, StringComparison.Ordinal));
        Assert.True(await QueryAsync<bool>(from, "select obj_description('orders'::regnamespace, 'pg_namespace') is null"));
        return run.Said;
    }
}
