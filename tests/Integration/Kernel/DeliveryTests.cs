using System.Net.Http.Json;
using Npgsql;
using RabbitMQ.Client;
using Shared.Kernel;
using Shared.Testing;
using Toys.Contracts;
using Wolverine;

namespace Integration;

public sealed class DeliveryTests
{
    [Fact]
    public async Task the_same_message_twice_is_handled_once()
    {
        await using var modules = await TwoModules.StartAsync();
        var ball = new BallThrown(Guid.CreateVersion7(), "ok");
        var message = modules.Envelope(ball, TwoModules.Catches);

        Assert.True(await modules.HandOverAsync(message));
        await modules.AtRestAsync();
        Assert.True(await modules.HandOverAsync(message));
        await modules.AtRestAsync();

        Assert.Equal(1, await modules.CaughtAsync(ball.Id));
    }

    [Fact]
    public async Task a_message_that_arrives_by_both_carriers_is_handled_once()
    {
        var broker = await (await RabbitMqServer.SharedAsync()).CreateVirtualHostAsync();
        await using var modules = await TwoModules.StartAsync(new Dictionary<string, string?> { ["Carrier"] = "RabbitMq", ["RabbitMq"] = broker.ToString() });
        var ball = new BallThrown(Guid.CreateVersion7(), "ok");
        var message = modules.Envelope(ball, TwoModules.Catches);

        Assert.All(await Task.WhenAll(modules.HandOverAsync(message), modules.PublishAsync(message, broker)), Assert.True);
        await Eventually.True(async () => (await (await RabbitMqServer.SharedAsync()).QueueDepthsAsync(broker)).Values.Sum() == 0, "empty queues");
        await modules.AtRestAsync();

        Assert.Equal(1, await modules.CaughtAsync(ball.Id));
    }

    [Fact]
    public async Task a_message_to_a_queue_that_is_gone_is_not_lost()
    {
        var server = await RabbitMqServer.SharedAsync();
        var broker = await server.CreateVirtualHostAsync();
        await using var modules = await TwoModules.StartAsync(new Dictionary<string, string?> { ["Carrier"] = "RabbitMq", ["RabbitMq"] = broker.ToString() });
        await using var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await using var sender = modules.SenderBy(broker, TwoModules.Catches);
        Assert.True(await sender.PingAsync());
        await channel.QueueDeleteAsync("catcher.when-ball-thrown");

        var refused = await sender.SendAsync([modules.Envelope(new BallThrown(Guid.CreateVersion7(), "ok"), TwoModules.Catches)]);
        var ball = new BallThrown(Guid.CreateVersion7(), "ok");
        var accepted = await sender.SendAsync([modules.Envelope(ball, TwoModules.Catches)]);

        Assert.NotNull(refused[0]);
        Assert.Null(accepted[0]);
        // In the broker's hands or caught; a listener whose queue was deleted under it need not be back.
        await Eventually.True(async () => (await server.QueueDepthsAsync(broker))["catcher.when-ball-thrown"] + await modules.CaughtAsync(ball.Id) == 1, "the message is in the queue or caught");
    }

    [Fact]
    public async Task a_refused_message_is_a_dead_letter_at_once_and_its_late_duplicate_is_refused()
    {
        await using var modules = await TwoModules.StartAsync();
        var message = modules.Envelope(new BallThrown(Guid.CreateVersion7(), "refuse"), TwoModules.Catches);
        var ball = new BallThrown(Guid.CreateVersion7(), "ok");
        // The same identity; were it handled, it would be seen.
        var duplicate = modules.Envelope(ball, TwoModules.Catches);
        duplicate.Id = message.Id;

        await modules.HandOverAsync(message);
        var letter = await DeadLetterAsync(modules, message.Id);
        Assert.True(await modules.HandOverAsync(duplicate));
        await modules.AtRestAsync();

        Assert.Contains("This ball is not caught.", letter.Fault, StringComparison.Ordinal);
        Assert.Contains("\"refuse\"", letter.Text(), StringComparison.Ordinal);
        Assert.Single(await new DeadLetters(modules.Catcher).ListAsync(10));
        Assert.Equal(0, await modules.CaughtAsync(ball.Id));
    }

    [Fact]
    public async Task a_failing_message_is_tried_again_and_then_kept_with_its_bytes()
    {
        await using var modules = await TwoModules.StartAsync();
        var message = modules.Envelope(new BallThrown(Guid.CreateVersion7(), "fail"), TwoModules.Catches);

        await modules.HandOverAsync(message);
        var letter = await DeadLetterAsync(modules, message.Id);

        Assert.Equal("module://catcher/when-ball-thrown", letter.Destination);
        Assert.Equal("toys.ball-thrown.v1", letter.Message);
        Assert.Contains(message.Id.ToString(), letter.Id.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_dead_letter_that_is_replayed_is_handled_once_more_and_one_that_is_discarded_stays_known()
    {
        await using var modules = await TwoModules.StartAsync();
        var replayed = modules.Envelope(new BallThrown(Guid.CreateVersion7(), "refuse"), TwoModules.Catches);
        var discarded = modules.Envelope(new BallThrown(Guid.CreateVersion7(), "refuse"), TwoModules.Catches);
        var letters = new DeadLetters(modules.Catcher);
        await modules.HandOverAsync(replayed);
        await modules.HandOverAsync(discarded);
        var first = await DeadLetterAsync(modules, replayed.Id);
        await DeadLetterAsync(modules, discarded.Id);

        Assert.Equal(1, await letters.DiscardAsync(discarded.Id));
        Assert.Equal(1, await letters.ReplayAsync(replayed.Id));
        Assert.Equal(0, await letters.ReplayAsync(Guid.CreateVersion7()));

        await Eventually.True(async () => (await letters.ListAsync(10)) is [var again] && again.Id == replayed.Id && again.FailedAt > first.FailedAt, "refused once more");
        await modules.HandOverAsync(discarded);
        await modules.AtRestAsync();
        Assert.Single(await letters.ListAsync(10));
    }

    [Fact]
    public async Task an_unknown_message_is_kept_with_its_bytes()
    {
        await using var modules = await TwoModules.StartAsync();
        var message = modules.Envelope(new BallThrown(Guid.CreateVersion7(), "ok"), TwoModules.Catches);
        message.MessageType = "toys.unheard-of.v1";

        await modules.HandOverAsync(message);

        Assert.Contains("\"ok\"", (await DeadLetterAsync(modules, message.Id)).Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_unreadable_message_is_kept_with_its_bytes()
    {
        await using var modules = await TwoModules.StartAsync();
        var message = modules.Envelope(new BallThrown(Guid.CreateVersion7(), "ok"), TwoModules.Catches);
        message.Data = "{ this is no JSON"u8.ToArray();

        await modules.HandOverAsync(message);

        Assert.Equal("{ this is no JSON", (await DeadLetterAsync(modules, message.Id)).Text());
    }

    [Fact]
    public async Task a_message_older_than_de_duplication_remembers_is_kept_for_a_person_who_may_replay_it()
    {
        await using var modules = await TwoModules.StartAsync();
        var ball = new BallThrown(Guid.CreateVersion7(), "ok");
        var message = modules.Envelope(ball, TwoModules.Catches, sentAt: TimeProvider.System.GetUtcNow() - ModuleMessaging.Retention - TimeSpan.FromHours(1));

        await modules.HandOverAsync(message);
        await DeadLetterAsync(modules, message.Id);
        Assert.Equal(0, await modules.CaughtAsync(ball.Id));
        await new DeadLetters(modules.Catcher).ReplayAsync(message.Id);

        await Eventually.True(async () => await modules.CaughtAsync(ball.Id) == 1, "caught");
    }

    [Fact]
    public async Task a_poisoned_destination_does_not_slow_its_neighbour()
    {
        await using var modules = await TwoModules.StartAsync(new Dictionary<string, string?> { ["Messages:Backoff"] = "01:00:00" });
        using var http = modules.Http();

        foreach (var behaviour in Enumerable.Repeat("fail", 20).Append("ok"))
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/toys/balls") { Content = JsonContent.Create(new { behaviour }), Headers = { { "Idempotency-Key", Guid.CreateVersion7().ToString() } } };
            (await http.SendAsync(request)).EnsureSuccessStatusCode();
        }

        await Eventually.True(async () => await TwoModules.CountAsync(modules.Catcher, "select count(*) from mt_doc_catch where data->>'by' = 'count'") == 21, "every ball counted");
        await Eventually.True(async () => await TwoModules.CountAsync(modules.Catcher, "select count(*) from mt_doc_catch where data->>'by' = 'hand'") == 1, "the good ball caught");
        Assert.Equal(20, await TwoModules.CountAsync(modules.Catcher, "select count(*) from wolverine_incoming_envelopes where status = 'Scheduled'"));
    }

    [Fact]
    public async Task a_handled_message_stays_handled_and_loses_its_body()
    {
        await using var modules = await TwoModules.StartAsync();
        var message = modules.Envelope(new BallThrown(Guid.CreateVersion7(), "ok"), TwoModules.Catches);
        await modules.HandOverAsync(message);
        await modules.AtRestAsync();

        // What a woken process's failing handler would do.
        await ExecuteAsync(modules.Catcher, $"update wolverine_incoming_envelopes set status = 'Scheduled', execution_time = now(), owner_id = 0 where id = '{message.Id}'");
        await ExecuteAsync(modules.Catcher, $"insert into wolverine_dead_letters (id, received_at, body, message_type) select id, received_at, 'x', message_type from wolverine_incoming_envelopes where id = '{message.Id}'");
        await ExecuteAsync(modules.Catcher, $"delete from wolverine_incoming_envelopes where id = '{message.Id}'");

        Assert.Equal(1, await TwoModules.CountAsync(modules.Catcher, $"select count(*) from wolverine_incoming_envelopes where id = '{message.Id}' and status = 'Handled' and body = ''"));
        Assert.Empty(await new DeadLetters(modules.Catcher).ListAsync(10));
    }

    [Fact]
    public async Task the_fence_lets_nobody_commit_what_somebody_else_has_handled()
    {
        await using var modules = await TwoModules.StartAsync();
        var ball = new BallThrown(Guid.CreateVersion7(), "slow");
        var message = modules.Envelope(ball, TwoModules.Catches);

        await modules.HandOverAsync(message);
        await WhileHandling(modules, message.Id);

        // The destination handles one after the other what comes behind it: when this one is caught, the slow one has failed.
        var next = Enumerable.Range(0, 40).Select(_ => new BallThrown(Guid.CreateVersion7(), "ok")).ToArray();
        foreach (var other in next) await modules.HandOverAsync(modules.Envelope(other, TwoModules.Catches));
        await modules.AtRestAsync();
        Assert.Equal(1, await modules.CaughtAsync(next[^1].Id));
        Assert.Equal(0, await modules.CaughtAsync(ball.Id));
    }

    /// <summary>While the reaction waits, another process marks the message handled.</summary>
    private static async Task WhileHandling(TwoModules modules, Guid id)
    {
        await Toys.WhenBallThrown.Slow.Entered.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await ExecuteAsync(modules.Catcher, $"update wolverine_incoming_envelopes set status = 'Handled', keep_until = now() + interval '1 day' where id = '{id}'");
        Toys.WhenBallThrown.Slow.GoOn.SetResult();
    }

    private static async Task ExecuteAsync(NpgsqlDataSource module, string sql)
    {
        await using var command = module.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static Task<DeadLetter> DeadLetterAsync(TwoModules modules, Guid id) =>
        Eventually.Get(async () => (await new DeadLetters(modules.Catcher).ListAsync(1, id)).SingleOrDefault(), letter => letter is not null, $"dead letter {id}")!;
}
