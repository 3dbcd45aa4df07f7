using Marten;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Shared.Kernel;
using Shared.Testing;
using Toys.Contracts;
using Wolverine;

namespace Integration;

/// <summary>Every module tells of its dead letters, of each once: by one event for all that a look finds.</summary>
public sealed class DeadLettersNoticedTests
{
    [Fact]
    public async Task neither_a_restart_nor_the_next_look_tells_again()
    {
        await using var modules = await TwoModules.StartAsync(settings: new Dictionary<string, string?> { ["Messages:DeadLettersEvery"] = "00:00:00.2" });
        await DieAsync(modules, 3);
        await ToldAsync(modules, 3);

        await modules.StopHostAsync(TwoModules.Catcher);
        await modules.StartHostAsync(TwoModules.Catcher);
        await DieAsync(modules, 1);

        // The look that finds the last one has seen the others too.
        await ToldAsync(modules, 4);
        Assert.Equal(4, (await NoticedAsync(modules)).Sum(noticed => noticed.Letters.Sum(letter => letter.Count)));
    }

    [Fact]
    public async Task many_are_told_by_one_event_although_several_instances_look_at_once()
    {
        await using var modules = await TwoModules.StartAsync();
        var before = TimeProvider.System.GetUtcNow().AddSeconds(-1);
        var messages = await DieAsync(modules, 30);

        await LookTogetherAsync(modules, 3);

        var noticed = Assert.Single(await NoticedAsync(modules));
        var letters = Assert.Single(noticed.Letters);
        Assert.Equal(("catcher", "module://catcher/when-ball-thrown", "toys.ball-thrown.v1", messages.Length), (noticed.Module, letters.Destination, letters.Message, letters.Count));
        Assert.InRange(letters.Since, before, TimeProvider.System.GetUtcNow().AddSeconds(1));
    }

    [Fact]
    public async Task one_that_was_replayed_and_is_dead_again_is_told_again()
    {
        await using var modules = await TwoModules.StartAsync();
        var again = (await DieAsync(modules, 2))[0];
        await LookAsync(modules);

        var failed = (await modules.UntilDeadAsync(again)).FailedAt;
        Assert.Equal(1, await modules.DeadLetters.ReplayAsync(again));
        await Eventually.True(async () => (await modules.DeadLetters.ListAsync(1, again)).SingleOrDefault() is { } letter && letter.FailedAt != failed, "dead again");
        await LookAsync(modules);
        await LookAsync(modules);

        Assert.Equal([2, 1], (await NoticedAsync(modules)).Select(noticed => noticed.Letters.Single().Count));
    }

    [Fact]
    public async Task what_could_not_be_told_is_told_by_the_next_look()
    {
        await using var modules = await TwoModules.StartAsync();
        await DieAsync(modules, 1);

        await modules.ExecuteAsync(TwoModules.Catcher, "alter table wolverine_outgoing_envelopes add constraint away check (false) not valid");
        await Assert.ThrowsAnyAsync<Exception>(() => LookAsync(modules));
        await modules.ExecuteAsync(TwoModules.Catcher, "alter table wolverine_outgoing_envelopes drop constraint away");
        await LookAsync(modules);

        Assert.Single(await NoticedAsync(modules));
    }

    [Fact]
    public async Task a_dead_letter_that_tells_of_dead_letters_is_not_told()
    {
        await using var modules = await TwoModules.StartAsync();
        var unreadable = new Envelope
        {
            Id = Guid.CreateVersion7(), Destination = new Uri("module://catcher/when-dead-letters-noticed"), MessageType = "shared.dead-letters-noticed.v1", ContentType = "application/json",
            SentAt = TimeProvider.System.GetUtcNow(), Data = "{ this is no JSON"u8.ToArray(),
        };
        await modules.SendByAsync(Carrier.None, unreadable);
        await modules.UntilDeadAsync(unreadable.Id);
        await DieAsync(modules, 1);

        await LookAsync(modules);

        Assert.Equal("toys.ball-thrown.v1", Assert.Single(Assert.Single(await NoticedAsync(modules)).Letters).Message);
    }

    private static async Task<Guid[]> DieAsync(TwoModules modules, int count)
    {
        var messages = Enumerable.Range(0, count).Select(_ => TwoModules.Envelope(new BallThrown(Guid.CreateVersion7(), "refuse"))).ToArray();
        foreach (var message in messages) await modules.SendByAsync(Carrier.None, message);
        foreach (var message in messages) await modules.UntilDeadAsync(message.Id);
        return [.. messages.Select(message => message.Id)];
    }

    private static Task LookAsync(TwoModules modules) => modules.Services(TwoModules.Catcher).GetServices<IHostedService>().OfType<TellDeadLetters>().Single().OnceAsync(default);

    /// <summary>The looks have all found the same before the first of them may write it down.</summary>
    private static async Task LookTogetherAsync(TwoModules modules, int times)
    {
        Task[] looks;
        await using (var connection = await modules.Data(TwoModules.Catcher).OpenConnectionAsync())
        await using (var held = await connection.BeginTransactionAsync())
        {
            await using var command = new NpgsqlCommand("insert into modular_told_letters select id, received_at, now() from wolverine_dead_letters order by id limit 1", connection, held);
            await command.ExecuteNonQueryAsync();
            looks = [.. Enumerable.Range(0, times).Select(_ => LookAsync(modules))];
            await Eventually.True(async () => await modules.CountAsync(TwoModules.Catcher, "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") == times, "all wait");
        }

        await Task.WhenAll(looks);
    }

    private static Task ToldAsync(TwoModules modules, int count) =>
        Eventually.True(async () => (await NoticedAsync(modules)).Sum(noticed => noticed.Letters.Sum(letter => letter.Count)) >= count, $"{count} dead letters told");

    private static async Task<IReadOnlyList<DeadLettersNoticed>> NoticedAsync(TwoModules modules)
    {
        await Eventually.True(async () => await modules.CountAsync(TwoModules.Catcher, "select (select count(*) from wolverine_outgoing_envelopes) + (select count(*) from wolverine_incoming_envelopes where status <> 'Handled')") == 0, "at rest");
        await using var session = modules.Services(TwoModules.Catcher).GetRequiredService<IDocumentStore>().QuerySession();
        return await session.Query<DeadLettersNoticed>().OrderBy(noticed => noticed.Id).ToListAsync();
    }
}
