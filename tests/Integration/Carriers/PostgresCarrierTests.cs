using Npgsql;
using Shared.Kernel;
using Shared.Testing;

namespace Integration;

/// <summary>What only the carrier in PostgreSQL has: one table that every module's role reaches.</summary>
public sealed class PostgresCarrierTests
{
    [Fact]
    public async Task a_module_sends_to_anyone_and_sees_and_takes_only_its_own_letters()
    {
        await using var modules = await TwoModules.StartAsync(Carrier.Postgres);
        await modules.UntilListeningAsync();
        // To destinations that nobody listens to, so that they stay.
        await modules.ExecuteAsync(TwoModules.Thrower, "insert into bus.letters (destination, body) values ('module://catcher/nobody', 'a'), ('module://toys/nobody', 'b')");

        Assert.Equal(1, await modules.CountAsync(TwoModules.Thrower, "select count(*) from bus.letters"));
        Assert.Equal(1, await modules.CountAsync(TwoModules.Catcher, "with taken as (delete from bus.letters returning 1) select count(*) from taken"));
        Assert.Equal(1, await modules.CountAsync(TwoModules.Thrower, "select count(*) from bus.letters where destination = 'module://toys/nobody'"));
        await Assert.ThrowsAsync<PostgresException>(() => modules.ExecuteAsync(TwoModules.Thrower, "update bus.letters set destination = 'module://catcher/nobody'"));
        await Assert.ThrowsAsync<PostgresException>(() => modules.ExecuteAsync(TwoModules.Thrower, "truncate bus.letters"));
    }

    [Fact]
    public async Task bytes_that_are_no_message_become_a_dead_letter_with_them()
    {
        await using var modules = await TwoModules.StartAsync(Carrier.Postgres);
        await modules.UntilListeningAsync();

        await modules.ExecuteAsync(TwoModules.Thrower, "insert into bus.letters (destination, body) values ('module://catcher/when-ball-thrown', 'rubbish'), ('module://catcher/when-ball-thrown', 'rubbish')");

        var letter = Assert.Single(await Eventually.Get(() => modules.DeadLetters.ListAsync(10), letters => letters.Count > 0, "a dead letter"));
        Assert.Equal("rubbish", letter.Text());
        await using var administrator = NpgsqlDataSource.Create(modules.Database);
        await Eventually.True(async () => (long)(await administrator.CreateCommand("select count(*) from bus.letters").ExecuteScalarAsync())! == 0, "no letter left");
    }
}
