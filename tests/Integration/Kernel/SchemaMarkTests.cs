using Shared.Testing;

namespace Integration;

/// <summary>A start leaves a schema alone that it knows, and brings up to date every other one.</summary>
public sealed class SchemaMarkTests : IAsyncLifetime
{
    private TwoModules _modules = null!;

    public async ValueTask InitializeAsync() => _modules = await TwoModules.StartAsync();

    public ValueTask DisposeAsync() => _modules.DisposeAsync();

    [Fact]
    public async Task the_same_program_leaves_the_schema_alone()
    {
        var made = await GuardMadeAsync();

        await RestartAsync();

        Assert.Equal(made, await GuardMadeAsync());
    }

    [Fact]
    public async Task another_program_compares_it()
    {
        var made = await GuardMadeAsync();
        await _modules.ExecuteAsync(TwoModules.Thrower, "comment on table modular_carriers is 'another program'");

        await RestartAsync();

        Assert.NotEqual(made, await GuardMadeAsync());
    }

    [Theory]
    [InlineData("an index", "drop index mt_doc_idempotentanswer_idx_at", "select count(*) from pg_indexes where schemaname = current_schema() and indexname = 'mt_doc_idempotentanswer_idx_at'")]
    [InlineData("a column", "alter table wolverine_dead_letters drop column replayable", "select count(*) from information_schema.columns where table_schema = current_schema() and table_name = 'wolverine_dead_letters' and column_name = 'replayable'")]
    [InlineData("a trigger", "drop trigger guard_update on wolverine_incoming_envelopes", "select count(*) from pg_trigger where tgrelid = 'wolverine_incoming_envelopes'::regclass and tgname = 'guard_update'")]
    [InlineData("a function", "create or replace function guard_inbox_delete() returns trigger language plpgsql as 'begin return old; end'", "select count(*) from pg_proc where pronamespace = current_schema()::regnamespace and proname = 'guard_inbox_delete' and prosrc like '%keep_until%'")]
    [InlineData("a table", "drop table mt_doc_idempotentanswer", "select count(*) from pg_tables where schemaname = current_schema() and tablename = 'mt_doc_idempotentanswer'")]
    public async Task what_was_taken_away_by_hand_is_put_back(string what, string taking, string counting)
    {
        Assert.Equal(1, await _modules.CountAsync(TwoModules.Thrower, counting));
        await _modules.ExecuteAsync(TwoModules.Thrower, taking);
        Assert.Equal(0, await _modules.CountAsync(TwoModules.Thrower, counting));

        await RestartAsync();

        Assert.True(await _modules.CountAsync(TwoModules.Thrower, counting) == 1, $"{what} is not back.");
    }

    private async Task RestartAsync()
    {
        await _modules.StopHostAsync(TwoModules.Thrower);
        await _modules.StartHostAsync(TwoModules.Thrower);
    }

    // Its guards are made anew whenever the schema is compared.
    private Task<long> GuardMadeAsync() => _modules.CountAsync(TwoModules.Thrower, "select xmin::text::bigint from pg_proc where pronamespace = current_schema()::regnamespace and proname = 'guard_inbox_update'");
}
