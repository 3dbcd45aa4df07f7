using Shared.Testing;
using static Integration.MoveCommandLine;

namespace Integration;

[Trait(Topologies.Runs, Topologies.Slow)]
public sealed class MoveTests(StoppedShop stopped) : IClassFixture<StoppedShop>
{
    private const string Module = StoppedShop.Module;

    private static readonly string[] Tables = ["mt_doc_order", "mt_doc_idempotentanswer", "mt_streams", "mt_events", "wolverine_incoming_envelopes", "wolverine_outgoing_envelopes", "wolverine_dead_letters"];

    [Fact]
    public async Task every_row_arrives_and_messages_arrive_without_an_owner()
    {
        var (from, to) = await stopped.TwoDatabasesAsync();

        await MustMoveAsync(Module, from, to);

        await MustBeEqualAsync(from, to);
        Assert.Equal(12, await QueryAsync<long>(to, "select count(*) from orders.mt_doc_order"));
        Assert.NotEqual(0, await QueryAsync<long>(to, "select count(*) from orders.wolverine_incoming_envelopes where status = 'Scheduled'"));
        Assert.Equal("Incoming 0, 1 outgoing, 2 dead", await QueryAsync<string>(to, """
            select format('%s %s, %s outgoing, %s dead', status, owner_id, (select count(*) from orders.wolverine_outgoing_envelopes where owner_id = 0), (select count(*) from orders.wolverine_dead_letters))
            from orders.wolverine_incoming_envelopes where status = 'Incoming'
            """));
        Assert.Equal(await QueryAsync<long>(from, "select last_value from orders_moved.mt_events_sequence") + 1, await QueryAsync<long>(to, "select nextval('orders.mt_events_sequence')"));
        Assert.Equal("orders", await QueryAsync<string>(to, "select tableowner::text from pg_tables where schemaname = 'orders' and tablename = 'mt_events'"));
    }

    [Theory]
    [InlineData("move.closed", 0)]
    [InlineData("move.table-copied", 4)]
    [InlineData("move.retired", 0)]
    public async Task killed_at_any_moment_it_serves_nobody_and_goes_on_when_it_is_started_again(string checkpoint, int tables)
    {
        var (from, to) = await stopped.TwoDatabasesAsync();

        var killed = await MoveAsync(Module, from, to, new KillAt(checkpoint, Time: Math.Max(tables, 1)));

        Assert.True(killed.Code == 128 + Signals.Kill, killed.Said);
        Assert.All([from, to], database => Assert.StartsWith("closed: ", QueryAsync<string>(database, "select obj_description('orders'::regnamespace, 'pg_namespace')").Result, StringComparison.Ordinal));

        var again = await MoveAsync(Module, from, to);

        Assert.True(again.Code == 0, again.Said);
        Assert.Equal(tables, again.Said.Split('\n').Count(line => line.EndsWith("is there", StringComparison.Ordinal)));
        await MustBeEqualAsync(from, to);
        Assert.True(await QueryAsync<bool>(to, "select to_regnamespace('orders_move') is null and obj_description('orders'::regnamespace, 'pg_namespace') is null"));
    }

    [Fact]
    public async Task an_altered_row_is_named_and_copied_anew_by_the_next_try()
    {
        var (from, to) = await stopped.TwoDatabasesAsync();
        await MoveAsync(Module, from, to, new KillAt("move.copied"));
        var altered = await QueryAsync<Guid>(to, "update orders.mt_doc_order set data = jsonb_set(data, '{total}', '0.01') where id = (select min(id::text)::uuid from orders.mt_doc_order) returning id");
        var lost = await QueryAsync<Guid>(to, "delete from orders.mt_streams where id = (select min(id::text)::uuid from orders.mt_streams) returning id");

        var found = await MoveAsync(Module, from, to);

        Assert.True(found.Code == 1, found.Said);
        Assert.Contains($"mt_doc_order, key {altered}: differs", found.Said, StringComparison.Ordinal);
        Assert.Contains($"mt_streams, key {lost}: not at the target", found.Said, StringComparison.Ordinal);
        await MustMoveAsync(Module, from, to);
        await MustBeEqualAsync(from, to);
    }

    [Fact]
    public async Task a_host_with_the_old_configuration_says_where_the_data_is_and_one_with_the_new_starts()
    {
        var (from, to) = await stopped.TwoDatabasesAsync();
        await MustMoveAsync(Module, from, to);
        var settings = new Dictionary<string, string?> { ["Database:Administrator"] = from, ["Database:Secret"] = ModuleUnderTest.Secret };

        await using (var old = await HostProcess.StartAsync(settings))
        {
            Assert.Equal(2, (await old.WaitForExitAsync()).Code);
            Assert.Contains("The schema 'orders' is closed: its data was moved to", old.Output, StringComparison.Ordinal);
            Assert.Contains("Set Database:Administrators:orders", old.Output, StringComparison.Ordinal);
        }

        settings["Database:Administrators:orders"] = to;
        await using var now = await HostProcess.StartReadyAsync(settings);
    }

    [Fact]
    public async Task back_again_it_replaces_the_copy_that_it_had_left()
    {
        var (from, to) = await stopped.TwoDatabasesAsync();
        await MustMoveAsync(Module, from, to);
        await ExecuteAsync(to, "update orders.mt_doc_order set data = jsonb_set(data, '{total}', '0.01')");

        var back = await MoveAsync(Module, to, from);

        Assert.True(back.Code == 0 && back.Said.Contains("keeps the copy of an earlier move, orders_moved: it is replaced", StringComparison.Ordinal), back.Said);
        await MustBeEqualAsync(to, from);
        Assert.True(await QueryAsync<bool>(from, "select to_regnamespace('orders_moved') is null and (select bool_and(data->>'total' = '0.01') from orders.mt_doc_order)"));
        await MustMoveAsync(Module, from, to);
    }

    [Fact]
    public async Task a_second_time_there_is_nothing_to_do()
    {
        var (from, to) = await stopped.TwoDatabasesAsync();
        await MustMoveAsync(Module, from, to);

        Assert.Contains("there is nothing to do", (await MoveAsync(Module, from, to)).Said, StringComparison.Ordinal);
    }

    /// <summary>By other means than the program's own: each table as one text.</summary>
    private static async Task MustBeEqualAsync(string from, string to)
    {
        foreach (var table in Tables) Assert.Equal(await TextAsync(from, "orders_moved", table), await TextAsync(to, "orders", table));

        static Task<string> TextAsync(string database, string schema, string table) =>
            QueryAsync<string>(database, $"select coalesce(string_agg(line, chr(10) order by line), '') from (select (to_jsonb(r) - 'owner_id')::text as line from {schema}.{table} r) as rows");
    }
}
