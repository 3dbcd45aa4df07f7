using Marten;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shared.Kernel;
using Shared.Testing;
using Toys;
using Toys.Contracts;
using Wolverine;
using Wolverine.Runtime.Serialization;

namespace Integration;

/// <summary>Stop, say another carrier, start: whatever a message was waiting for, it arrives once.</summary>
[Trait(Topologies.Runs, Topologies.Slow)]
public sealed class CarrierChangeTests
{
    [Theory]
    [InlineData(Carrier.None, Carrier.RabbitMq), InlineData(Carrier.None, Carrier.Postgres)]
    [InlineData(Carrier.RabbitMq, Carrier.None), InlineData(Carrier.RabbitMq, Carrier.Postgres)]
    [InlineData(Carrier.Postgres, Carrier.None), InlineData(Carrier.Postgres, Carrier.RabbitMq)]
    public async Task messages_in_every_state_arrive_once(Carrier from, Carrier to)
    {
        var broker = await (await RabbitMqServer.SharedAsync()).CreateVirtualHostAsync();
        await using var modules = await TwoModules.StartAsync(from, new Dictionary<string, string?> { ["RabbitMq"] = broker.ToString(), ["Messages:Backoff"] = "00:00:02,01:00:00" });
        var late = Guid.CreateVersion7();
        await LaterAsync(modules, late, TimeSpan.FromSeconds(4));
        var retried = await modules.ThrowAsync("drop until mended");
        var dead = await modules.ThrowAsync("refuse until mended");
        await Eventually.True(async () => await modules.CountAsync(TwoModules.Catcher, "select count(*) from wolverine_dead_letters") == 1, "one is a dead letter");
        await Eventually.True(async () => await modules.CountAsync(TwoModules.Catcher, "select count(*) from wolverine_incoming_envelopes where status = 'Scheduled'") == 1, "one waits for a later attempt");

        await modules.StopHostAsync(TwoModules.Thrower);
        var (unsent, carried) = (new BallThrown(Guid.CreateVersion7(), "ok"), new BallThrown(Guid.CreateVersion7(), "ok"));
        await modules.AsAdministratorAsync(connection => StoreOutgoingAsync(connection, TwoModules.Envelope(unsent)));
        if (from != Carrier.None) await modules.SendByAsync(from, TwoModules.Envelope(carried));
        Hand.On(retried).Mended = Hand.On(dead).Mended = true;
        await modules.StartHostAsync(TwoModules.Thrower, Now(to, drain: from));

        var after = await modules.ThrowAsync();
        Assert.Equal(1, await modules.DeadLetters.ReplayAsync());
        foreach (var ball in new[] { retried, dead, unsent.Id, after }) await modules.UntilCaughtAsync(ball);
        if (from != Carrier.None) await modules.UntilCaughtAsync(carried.Id);
        await Eventually.True(async () => await modules.CountAsync(TwoModules.Thrower, $"select count(*) from mt_doc_ball where id = '{late}'") == 1, "the late ball thrown");
        await modules.AtRestAsync();
        Assert.Equal(from == Carrier.None ? 4 : 5, await modules.CountAsync(TwoModules.Catcher, "select count(*) from mt_doc_catch where data->>'by' = 'hand'"));
    }

    [Fact]
    public async Task a_message_that_arrives_by_all_carriers_at_once_is_handled_once()
    {
        await using var modules = await TwoModules.StartAsync(Carrier.RabbitMq, new Dictionary<string, string?> { ["Drain"] = "Postgres" });
        await modules.UntilListeningAsync();
        var ball = new BallThrown(Guid.CreateVersion7(), "ok");
        var message = TwoModules.Envelope(ball);

        await Task.WhenAll(Enum.GetValues<Carrier>().Select(by => modules.SendByAsync(by, message)));
        await modules.UntilCaughtAsync(ball.Id);
        await Eventually.True(async () => await HeldAsync(modules, Carrier.RabbitMq) + await HeldAsync(modules, Carrier.Postgres) == 0, "empty carriers");
        await modules.AtRestAsync();

        Assert.Equal(1, await modules.CaughtAsync(ball.Id));
    }

    [Theory, InlineData(Carrier.RabbitMq), InlineData(Carrier.Postgres)]
    public async Task a_carrier_that_may_still_hold_messages_must_be_drained_until_it_is_empty(Carrier old)
    {
        await using var modules = await TwoModules.StartAsync(old);
        await modules.UntilListeningAsync();
        await modules.StopHostAsync(TwoModules.Thrower);
        var ball = new BallThrown(Guid.CreateVersion7(), "ok");
        await modules.SendByAsync(old, TwoModules.Envelope(ball));

        var refusal = await Assert.ThrowsAsync<ConfigurationFaultsException>(() => modules.StartHostAsync(TwoModules.Thrower, Now(Carrier.None)));
        await modules.StartHostAsync(TwoModules.Thrower, Now(Carrier.None, drain: old));
        await modules.UntilCaughtAsync(ball.Id);
        // A message is handled before its carrier knows that it may be forgotten.
        await Eventually.True(async () => await HeldAsync(modules, old) == 0, "an empty carrier");
        await modules.StopHostAsync(TwoModules.Thrower);

        Assert.Contains($"add Drain={old}", refusal.Message, StringComparison.Ordinal);
        await modules.StartHostAsync(TwoModules.Thrower, Now(Carrier.None));
    }

    /// <summary>What the carrier holds, in a consumer's hands too.</summary>
    private static async Task<long> HeldAsync(TwoModules modules, Carrier carrier)
    {
        if (carrier == Carrier.RabbitMq) return (await (await RabbitMqServer.SharedAsync()).QueueDepthsAsync(modules.Broker!)).Values.Sum();

        await using var administrator = NpgsqlDataSource.Create(modules.Database);
        await using var letters = administrator.CreateCommand("select count(*) from bus.letters");
        return (long)(await letters.ExecuteScalarAsync())!;
    }

    private static Dictionary<string, string?> Now(Carrier carrier, Carrier drain = Carrier.None) => new()
    {
        ["Carrier"] = carrier.ToString(),
        ["Scaled"] = carrier == Carrier.None ? null : "*",
        ["Drain"] = drain == Carrier.None ? null : drain.ToString(),
    };

    private static async Task LaterAsync(TwoModules modules, Guid ball, TimeSpan delay)
    {
        await using var scope = modules.Services(TwoModules.Thrower).CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<Outbox>().Later(new LateBall(ball), delay);
        await scope.ServiceProvider.GetRequiredService<IDocumentSession>().SaveChangesAsync();
    }

    /// <summary>A row that its publisher had no time to send.</summary>
    private static async Task StoreOutgoingAsync(NpgsqlConnection connection, Envelope message)
    {
        await using var command = new NpgsqlCommand("insert into toys.wolverine_outgoing_envelopes (id, owner_id, destination, body, attempts, message_type) values ($1, 0, $2, $3, 0, $4)", connection);
        foreach (var value in new object[] { message.Id, message.Destination!.ToString(), EnvelopeSerializer.Serialize(message), message.MessageType! }) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync();
    }
}
