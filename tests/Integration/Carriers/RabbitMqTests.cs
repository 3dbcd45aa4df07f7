using Host;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Shared.Kernel;
using Shared.Testing;
using Toys;
using Toys.Contracts;

namespace Integration;

/// <summary>What only RabbitMQ does: queues that somebody deletes, limits of its own, a broker at which nothing may be declared.</summary>
public sealed class RabbitMqTests
{
    private const string Queue = "catcher.when-ball-thrown";

    [Fact]
    public async Task a_queue_that_is_deleted_under_a_running_host_is_there_again_and_nothing_is_lost()
    {
        await using var modules = await TwoModules.StartAsync(Carrier.RabbitMq);
        await modules.UntilListeningAsync();
        await using var connection = await new ConnectionFactory { Uri = modules.Broker! }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();

        await channel.QueueDeleteAsync(Queue);
        var ball = await modules.ThrowAsync();

        await Eventually.True(async () => await modules.CaughtAsync(ball) == 1, "caught over the queue declared again", TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task a_host_stops_while_a_queue_answers_nothing_and_hears_it_when_it_does()
    {
        var server = await RabbitMqServer.SharedAsync();
        await using var modules = await TwoModules.StartAsync(Carrier.RabbitMq);
        await modules.UntilListeningAsync();
        await modules.StopHostAsync(TwoModules.Thrower);

        Guid ball;
        await server.SetSilentAsync(modules.Broker!, Queue, silent: true);
        try
        {
            await modules.StartHostAsync(TwoModules.Thrower);
            ball = await modules.ThrowAsync();
            // Ten seconds on a machine that is not busy; by the client's own limits it would be fifty or more.
            await modules.StopHostAsync(TwoModules.Thrower).WaitAsync(TimeSpan.FromSeconds(40), TestContext.Current.CancellationToken);
            await modules.StartHostAsync(TwoModules.Thrower);
        }
        finally
        {
            await server.SetSilentAsync(modules.Broker!, Queue, silent: false);
        }

        await Eventually.True(async () => await modules.CaughtAsync(ball) == 1, "caught from the queue that answers again", TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task a_message_to_a_queue_that_is_not_there_is_returned_and_stays_with_its_publisher()
    {
        await using var modules = await TwoModules.StartAsync(Carrier.RabbitMq, apart: true);
        await modules.StartHostAsync(TwoModules.Thrower);
        await using var carrier = modules.Open(Carrier.RabbitMq);
        await using var sender = carrier.OpenSender(TwoModules.Catches);

        var answer = await sender.SendAsync([TwoModules.Envelope(new(Guid.CreateVersion7(), "ok"))]);

        Assert.Contains($"The queue {Queue} is not there", answer[0]!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_queue_says_everything_that_a_broker_would_else_decide_by_its_version()
    {
        await using var modules = await TwoModules.StartAsync(Carrier.RabbitMq);
        await modules.UntilListeningAsync();
        await using var connection = await new ConnectionFactory { Uri = modules.Broker! }.CreateConnectionAsync();

        foreach (var said in RabbitMqQueue.Arguments(Queue).Keys)
        {
            await using var channel = await connection.CreateChannelAsync();
            var less = RabbitMqQueue.Arguments(Queue).Where(argument => argument.Key != said).ToDictionary();
            // The broker compares: what is declared without one of them is another queue.
            await Assert.ThrowsAsync<OperationInterruptedException>(() => channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false, less));
        }
    }

    [Fact]
    public async Task messages_stay_in_the_broker_until_the_inbox_has_stored_them()
    {
        await using var modules = await TwoModules.StartAsync(Carrier.RabbitMq);
        await modules.UntilListeningAsync();
        var server = await RabbitMqServer.SharedAsync();
        BallThrown[] balls = [.. Enumerable.Range(0, 3).Select(_ => new BallThrown(Guid.CreateVersion7(), "ok"))];

        await modules.AsAdministratorAsync(async other =>
        {
            await using var storing = await other.BeginTransactionAsync();
            await using var closes = new NpgsqlCommand("lock table catcher.wolverine_incoming_envelopes in exclusive mode", other, storing);
            await closes.ExecuteNonQueryAsync();
            await modules.SendAsync([.. balls.Select(ball => TwoModules.Envelope(ball))]);
            await Eventually.True(async () => await modules.CountAsync(TwoModules.Catcher, "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like 'insert into%wolverine_incoming_envelopes%' and datname = current_database()") > 0, "the inbox is storing");
            Assert.Equal(3, (await server.QueueDepthsAsync(modules.Broker!))[Queue]);
        });

        foreach (var ball in balls) await modules.UntilCaughtAsync(ball.Id);
        await Eventually.Get(async () => (await server.QueueDepthsAsync(modules.Broker!))[Queue], depth => depth == 0, "the queue is empty");
    }

    [Fact]
    public async Task bytes_that_are_no_message_become_a_dead_letter_with_them()
    {
        await using var modules = await TwoModules.StartAsync(Carrier.RabbitMq);
        await modules.UntilListeningAsync();
        await using var connection = await new ConnectionFactory { Uri = modules.Broker! }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();

        foreach (var text in new[] { "", "rubbish", "rubbish" }) await channel.BasicPublishAsync("", Queue, System.Text.Encoding.UTF8.GetBytes(text));
        await modules.UntilCaughtAsync(await modules.ThrowAsync());

        var letters = await Eventually.Get(() => modules.DeadLetters.ListAsync(10), letters => letters.Count == 2, "two dead letters");
        Assert.Equal(["", "rubbish"], letters.Select(letter => letter.Text()).Order());
        await Eventually.True(async () => (await (await RabbitMqServer.SharedAsync()).QueueDepthsAsync(modules.Broker!))[Queue] == 0, "an empty queue");
    }

    [Fact]
    public async Task at_a_broker_where_nothing_may_be_declared_the_imported_queues_are_used()
    {
        var server = await RabbitMqServer.SharedAsync();
        var broker = await server.CreateVirtualHostAsync();
        await server.ImportDefinitionsAsync(DefinitionsCommand.Write(Manifest.Of([new ToysModule(), new CatcherModule()]), broker.AbsolutePath.Trim('/')));
        var user = await server.CreateUserWhoDeclaresNothingAsync(broker);
        await using var modules = await TwoModules.StartAsync(Carrier.RabbitMq, new Dictionary<string, string?> { ["RabbitMq"] = user.ToString(), ["RabbitMqDeclares"] = "false" });

        await modules.UntilCaughtAsync(await modules.ThrowAsync());
    }
}
