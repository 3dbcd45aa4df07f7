using Marten;
using Microsoft.Extensions.DependencyInjection;
using Shared.Kernel;
using Shared.Testing;
using Toys;
using Toys.Contracts;
using Wolverine;

namespace Integration;

/// <summary>What is promised of delivery, whatever takes the messages: written once, against logical destinations.</summary>
public abstract class DeliveryContract(BothModules both)
{
    private readonly TwoModules _modules = both.Modules;

    [Fact]
    public async Task what_is_published_arrives_at_every_destination()
    {
        var ball = await _modules.ThrowAsync();

        await _modules.UntilCaughtAsync(ball);
        await Eventually.True(async () => await _modules.CountAsync(TwoModules.Catcher, $"select count(*) from mt_doc_catch where data->>'ball' = '{ball}'") == 2, "caught by the hand and counted");
    }

    [Fact]
    public async Task what_is_told_in_a_transaction_that_is_rolled_back_is_not_told()
    {
        await using var scope = _modules.Services(TwoModules.Thrower).CreateAsyncScope();
        var session = scope.ServiceProvider.GetRequiredService<IDocumentSession>();
        var ball = new BallThrown(Guid.CreateVersion7(), "ok");
        await scope.ServiceProvider.GetRequiredService<Outbox>().Publish(ball);
        session.QueueSqlCommand("select 1 / 0");

        await Assert.ThrowsAnyAsync<Exception>(() => session.SaveChangesAsync());
        var next = await _modules.ThrowAsync();

        await _modules.UntilCaughtAsync(next);
        Assert.Equal(0, await _modules.CaughtAsync(ball.Id));
    }

    [Fact]
    public async Task the_same_messages_twice_and_in_any_order_are_handled_once()
    {
        var balls = Enumerable.Range(0, 50).Select(_ => new BallThrown(Guid.CreateVersion7(), "ok")).ToArray();
        var messages = balls.Select(ball => TwoModules.Envelope(ball)).ToArray();

        await Task.WhenAll(messages.Chunk(20).Select(some => _modules.SendAsync(some)));
        foreach (var ball in balls) await _modules.UntilCaughtAsync(ball.Id);
        await _modules.SendAsync([.. messages.Reverse()]);
        var last = TwoModules.Envelope(new BallThrown(Guid.CreateVersion7(), "ok"));
        await _modules.SendAsync(last);
        await _modules.UntilCaughtAsync(((BallThrown)last.Message!).Id);

        foreach (var ball in balls) Assert.Equal(1, await _modules.CaughtAsync(ball.Id));
    }

    [Fact]
    public async Task a_refused_message_is_a_dead_letter_at_once_and_its_late_duplicate_is_refused()
    {
        var message = TwoModules.Envelope(new BallThrown(Guid.CreateVersion7(), "refuse"));
        var ball = new BallThrown(Guid.CreateVersion7(), "ok");
        // The same identity; were it handled, it would be seen.
        var duplicate = TwoModules.Envelope(ball);
        duplicate.Id = message.Id;

        await _modules.SendAsync(message);
        var letter = await _modules.UntilDeadAsync(message.Id);
        await _modules.SendAsync(duplicate);
        await _modules.UntilCaughtAsync(await SendNextAsync());

        Assert.Contains("This ball is not caught.", letter.Fault, StringComparison.Ordinal);
        Assert.Contains("\"refuse\"", letter.Text(), StringComparison.Ordinal);
        Assert.Single(await _modules.DeadLetters.ListAsync(10, message.Id));
        Assert.Equal(0, await _modules.CaughtAsync(ball.Id));
    }

    [Fact]
    public async Task a_failing_message_is_tried_again_and_then_kept_with_its_bytes()
    {
        var message = TwoModules.Envelope(new BallThrown(Guid.CreateVersion7(), "fail"));

        await _modules.SendAsync(message);
        var letter = await _modules.UntilDeadAsync(message.Id);

        Assert.Equal(("module://catcher/when-ball-thrown", "toys.ball-thrown.v1"), (letter.Destination, letter.Message));
        Assert.Equal(System.Text.Encoding.UTF8.GetString(message.Data!), letter.Text());
    }

    [Fact]
    public async Task a_dead_letter_that_is_replayed_is_handled_once_more_and_one_that_is_discarded_stays_known()
    {
        var mended = new BallThrown(Guid.CreateVersion7(), "drop until mended");
        var (replayed, discarded) = (TwoModules.Envelope(mended), TwoModules.Envelope(new BallThrown(Guid.CreateVersion7(), "refuse")));
        await _modules.SendAsync(replayed, discarded);
        await _modules.UntilDeadAsync(replayed.Id);
        await _modules.UntilDeadAsync(discarded.Id);

        Hand.On(mended.Id).Mended = true;
        Assert.Equal(1, await _modules.DeadLetters.DiscardAsync(discarded.Id));
        Assert.Equal(1, await _modules.DeadLetters.ReplayAsync(replayed.Id));
        Assert.Equal(0, await _modules.DeadLetters.ReplayAsync(replayed.Id));

        await _modules.UntilCaughtAsync(mended.Id);
        await _modules.SendAsync(replayed, discarded);
        await _modules.UntilCaughtAsync(await SendNextAsync());
        Assert.Equal(1, await _modules.CaughtAsync(mended.Id));
        Assert.Empty(await _modules.DeadLetters.ListAsync(10, discarded.Id));
    }

    [Fact]
    public async Task an_unknown_message_is_kept_with_its_bytes()
    {
        var message = TwoModules.Envelope(new BallThrown(Guid.CreateVersion7(), "ok"));
        message.MessageType = "toys.unheard-of.v1";

        await _modules.SendAsync(message);

        Assert.Contains("\"ok\"", (await _modules.UntilDeadAsync(message.Id)).Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_unreadable_message_is_kept_with_its_bytes()
    {
        var message = TwoModules.Envelope(new BallThrown(Guid.CreateVersion7(), "ok"));
        message.Data = "{ this is no JSON"u8.ToArray();

        await _modules.SendAsync(message);

        Assert.Equal("{ this is no JSON", (await _modules.UntilDeadAsync(message.Id)).Text());
    }

    [Fact]
    public async Task a_message_older_than_de_duplication_remembers_is_kept_for_a_person_who_may_replay_it()
    {
        var ball = new BallThrown(Guid.CreateVersion7(), "ok");
        var message = TwoModules.Envelope(ball, sentAt: TimeProvider.System.GetUtcNow() - ModuleMessaging.Retention - TimeSpan.FromHours(1));

        await _modules.SendAsync(message);
        await _modules.UntilDeadAsync(message.Id);
        Assert.Equal(0, await _modules.CaughtAsync(ball.Id));
        await _modules.DeadLetters.ReplayAsync(message.Id);

        await _modules.UntilCaughtAsync(ball.Id);
    }

    [Fact]
    public async Task a_handled_message_stays_handled_and_loses_its_body()
    {
        var ball = new BallThrown(Guid.CreateVersion7(), "ok");
        var message = TwoModules.Envelope(ball);
        await _modules.SendAsync(message);
        await _modules.UntilCaughtAsync(ball.Id);
        await Eventually.True(() => IsHandledAsync(message), "handled");

        // What a woken process's failing handler would do.
        await _modules.ExecuteAsync(TwoModules.Catcher, $"update wolverine_incoming_envelopes set status = 'Scheduled', execution_time = now(), owner_id = 0 where id = '{message.Id}'");
        await _modules.ExecuteAsync(TwoModules.Catcher, $"insert into wolverine_dead_letters (id, received_at, body, message_type) select id, received_at, 'x', message_type from wolverine_incoming_envelopes where id = '{message.Id}'");
        await _modules.ExecuteAsync(TwoModules.Catcher, $"delete from wolverine_incoming_envelopes where id = '{message.Id}'");

        Assert.True(await IsHandledAsync(message));
        Assert.Empty(await _modules.DeadLetters.ListAsync(10, message.Id));
    }

    [Fact]
    public async Task nothing_but_its_handling_marks_a_message_handled()
    {
        var ball = new BallThrown(Guid.CreateVersion7(), "hold");
        var message = TwoModules.Envelope(ball);
        await _modules.SendAsync(message);
        await Hand.On(ball.Id).Entered.Task.WaitAsync(TimeSpan.FromSeconds(20));

        // What Wolverine does a moment after it has made a dead letter, which may be replayed by then.
        await _modules.ExecuteAsync(TwoModules.Catcher, MarkHandled(message));
        Hand.On(ball.Id).GoOn.SetResult();

        await _modules.UntilCaughtAsync(ball.Id);
        await Eventually.True(() => IsHandledAsync(message), "handled");
    }

    [Fact]
    public async Task the_fence_lets_nobody_commit_what_somebody_else_has_handled()
    {
        var ball = new BallThrown(Guid.CreateVersion7(), "hold");
        var message = TwoModules.Envelope(ball);
        await _modules.SendAsync(message);
        await Hand.On(ball.Id).Entered.Task.WaitAsync(TimeSpan.FromSeconds(20));

        // While the reaction waits, another process marks the message handled.
        await _modules.ExecuteAsync(TwoModules.Catcher, $"select set_config('modular.handles', '{message.Id}', true); {MarkHandled(message)}");
        Hand.On(ball.Id).GoOn.SetResult();

        // The destination handles one after the other what comes behind it: when these are caught, the held one has failed.
        for (var i = 0; i < 40; i++) await SendNextAsync();
        await _modules.UntilCaughtAsync(await SendNextAsync());
        Assert.Equal(0, await _modules.CaughtAsync(ball.Id));
    }

    [Fact]
    public async Task later_work_is_done_when_it_is_due_and_withdrawn_work_never()
    {
        var (due, withdrawn) = (Guid.CreateVersion7(), Guid.CreateVersion7());

        await LaterAsync(due, TimeSpan.FromSeconds(1));
        var id = await LaterAsync(withdrawn, TimeSpan.FromSeconds(1.5));
        await InScopeAsync((outbox, _) => outbox.Withdraw(id));
        var after = Guid.CreateVersion7();
        await LaterAsync(after, TimeSpan.FromSeconds(2));

        await Eventually.True(async () => await ThrownAsync(due) == 1 && await ThrownAsync(after) == 1, "both late balls thrown");
        Assert.Equal(0, await ThrownAsync(withdrawn));
        Assert.Equal(0, await _modules.CountAsync(TwoModules.Thrower, "select count(*) from wolverine_incoming_envelopes where status = 'Scheduled'"));
    }

    [Fact]
    public async Task a_message_of_the_largest_size_arrives_and_a_larger_one_is_refused_in_its_transaction()
    {
        var frame = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new BallThrown(Guid.Empty, "")).Length;

        var largest = await _modules.ThrowAsync(new string('x', Outbox.LargestMessage - frame));
        var refused = await Assert.ThrowsAsync<RefusedException>(() => _modules.ThrowAsync(new string('x', Outbox.LargestMessage - frame + 1)));

        await _modules.UntilCaughtAsync(largest);
        Assert.Equal("message.too-large", refused.Code);
    }

    private async Task<Guid> SendNextAsync()
    {
        var ball = new BallThrown(Guid.CreateVersion7(), "ok");
        await _modules.SendAsync(TwoModules.Envelope(ball));
        return ball.Id;
    }

    private static string MarkHandled(Envelope message) => $"update wolverine_incoming_envelopes set status = 'Handled', keep_until = now() + interval '1 day' where id = '{message.Id}'";

    private async Task<bool> IsHandledAsync(Envelope message) =>
        await _modules.CountAsync(TwoModules.Catcher, $"select count(*) from wolverine_incoming_envelopes where id = '{message.Id}' and status = 'Handled' and body = ''") == 1;

    private Task<long> ThrownAsync(Guid ball) => _modules.CountAsync(TwoModules.Thrower, $"select count(*) from mt_doc_ball where id = '{ball}'");

    private async Task<Guid> LaterAsync(Guid ball, TimeSpan delay)
    {
        var id = Guid.Empty;
        await InScopeAsync(async (outbox, _) => id = await outbox.Later(new LateBall(ball), delay));
        return id;
    }

    private Task InScopeAsync(Action<Outbox, IDocumentSession> act) => InScopeAsync((outbox, session) =>
    {
        act(outbox, session);
        return Task.CompletedTask;
    });

    private async Task InScopeAsync(Func<Outbox, IDocumentSession, Task> act)
    {
        await using var scope = _modules.Services(TwoModules.Thrower).CreateAsyncScope();
        var session = scope.ServiceProvider.GetRequiredService<IDocumentSession>();
        await act(scope.ServiceProvider.GetRequiredService<Outbox>(), session);
        await session.SaveChangesAsync();
    }
}

/// <summary>Both modules in one host, for all the tests of a class.</summary>
public abstract class BothModules(Carrier carrier) : IAsyncLifetime
{
    internal TwoModules Modules { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Modules = await TwoModules.StartAsync(carrier);
        await Modules.UntilListeningAsync();
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Modules.DisposeAsync();
    }
}

public sealed class BothInProcess() : BothModules(Carrier.None);

public sealed class BothOverRabbitMq() : BothModules(Carrier.RabbitMq);

public sealed class BothOverPostgres() : BothModules(Carrier.Postgres);

public sealed class DeliveryInProcessTests(BothInProcess both) : DeliveryContract(both), IClassFixture<BothInProcess>;

public sealed class DeliveryOverRabbitMqTests(BothOverRabbitMq both) : DeliveryContract(both), IClassFixture<BothOverRabbitMq>;

public sealed class DeliveryOverPostgresTests(BothOverPostgres both) : DeliveryContract(both), IClassFixture<BothOverPostgres>;
