using System.Net;
using System.Net.Http.Json;
using Shared.Kernel;
using Shared.Testing;
using Toys;
using Toys.Contracts;

namespace Integration;

/// <summary>What outlives a stop of the host, and what one destination does not do to another: a host of its own for each test.</summary>
public abstract class StopContract(Carrier carrier)
{
    [Fact]
    public async Task a_later_attempt_outlives_a_restart()
    {
        await using var modules = await TwoModules.StartAsync(carrier, new Dictionary<string, string?> { ["Messages:Backoff"] = "00:00:02,01:00:00" });
        var ball = await modules.ThrowAsync("drop until mended");
        await Eventually.True(async () => await modules.CountAsync(TwoModules.Catcher, "select count(*) from wolverine_incoming_envelopes where status = 'Scheduled'") == 1, "kept for a later attempt");

        await modules.StopHostAsync(TwoModules.Thrower);
        Hand.On(ball).Mended = true;
        await modules.StartHostAsync(TwoModules.Thrower);

        await modules.UntilCaughtAsync(ball);
    }

    [Fact]
    public async Task an_orderly_stop_with_messages_in_hand_loses_and_doubles_none()
    {
        await using var modules = await TwoModules.StartAsync(carrier);
        var balls = new List<Guid>();
        for (var i = 0; i < 200; i++) balls.Add(await modules.ThrowAsync());

        await modules.StopHostAsync(TwoModules.Thrower);
        await modules.StartHostAsync(TwoModules.Thrower);

        await modules.AtRestAsync();
        foreach (var ball in balls) await modules.UntilCaughtAsync(ball);
        Assert.Equal(200, await modules.CountAsync(TwoModules.Catcher, "select count(*) from mt_doc_catch where data->>'by' = 'hand'"));
    }

    [Fact]
    public async Task a_poisoned_destination_does_not_slow_its_neighbour()
    {
        await using var modules = await TwoModules.StartAsync(carrier, new Dictionary<string, string?> { ["Messages:Backoff"] = "01:00:00" });

        for (var i = 0; i < 20; i++) await modules.ThrowAsync("fail");
        var good = await modules.ThrowAsync();

        await modules.UntilCaughtAsync(good);
        await Eventually.True(async () => await modules.CountAsync(TwoModules.Catcher, "select count(*) from mt_doc_catch where data->>'by' = 'count'") == 21, "every ball counted");
        await Eventually.True(async () => await modules.CountAsync(TwoModules.Catcher, "select count(*) from wolverine_incoming_envelopes where status = 'Scheduled'") == 20, "the bad ones kept for later");
    }

    [Fact]
    public async Task a_slow_destination_does_not_slow_its_neighbour()
    {
        await using var modules = await TwoModules.StartAsync(carrier);
        var held = new List<Guid>();
        for (var i = 0; i < 20; i++) held.Add(await modules.ThrowAsync("hold"));

        await Eventually.True(async () => await modules.CountAsync(TwoModules.Catcher, "select count(*) from mt_doc_catch where data->>'by' = 'count'") == 20, "every ball counted");
        Assert.Equal(0, await modules.CountAsync(TwoModules.Catcher, "select count(*) from mt_doc_catch where data->>'by' = 'hand'"));

        foreach (var ball in held) Hand.On(ball).GoOn.SetResult();
        foreach (var ball in held) await modules.UntilCaughtAsync(ball);
    }

    [Fact]
    public async Task a_destination_that_is_full_stores_no_more_and_gets_the_rest_when_it_has_room()
    {
        await using var modules = await TwoModules.StartAsync(carrier);

        var held = await modules.ThrowAsync(1_200, "hold");
        await Eventually.True(async () => await StoredAsync() >= 500, "full");
        await Eventually.True(async () => await modules.CountAsync(TwoModules.Catcher, "select count(*) from mt_doc_catch where data->>'by' = 'count'") == 1_200, "every ball counted");
        var stored = await StoredAsync();

        foreach (var ball in held) Hand.On(ball).GoOn.SetResult();
        await modules.AtRestAsync();
        await Eventually.True(async () => await modules.CountAsync(TwoModules.Catcher, "select count(distinct data->>'ball') from mt_doc_catch where data->>'by' = 'hand'") == 1_200, "every ball caught");
        Assert.Equal(1_200, await modules.CountAsync(TwoModules.Catcher, "select count(*) from mt_doc_catch where data->>'by' = 'hand'"));
        // At a thousand Wolverine stops a listener, and looks only every two seconds whether it may go on.
        Assert.InRange(stored, 500, 1_000);

        Task<long> StoredAsync() => modules.CountAsync(TwoModules.Catcher, $"select count(*) from wolverine_incoming_envelopes where received_at = '{TwoModules.Catches}'");
    }

    [Fact]
    public async Task a_full_outbox_is_answered_503_until_there_is_room_and_nothing_is_lost()
    {
        await using var modules = await TwoModules.StartAsync(carrier, new Dictionary<string, string?> { ["Messages:MostOutgoing"] = "10" });
        using var http = modules.Http();
        var before = await modules.ThrowAsync();
        await modules.AtRestAsync();
        // Rows that a process that lives is sending, as far as anybody knows: nobody else touches them.
        await modules.ExecuteAsync(TwoModules.Thrower, "insert into wolverine_outgoing_envelopes (id, owner_id, destination, body, attempts, message_type) select gen_random_uuid(), (select max(node_number) from wolverine_nodes), 'module://nobody/here', '', 0, 'x' from generate_series(1, 10)");

        var refused = await Eventually.Get(() => PostAsync(http), answer => answer.StatusCode != HttpStatusCode.Created, "refused");
        await modules.ExecuteAsync(TwoModules.Thrower, "delete from wolverine_outgoing_envelopes where destination = 'module://nobody/here'");
        await Eventually.Get(() => PostAsync(http), answer => answer.StatusCode == HttpStatusCode.Created, "taken again");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Contains("\"outbox.full\"", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await modules.UntilCaughtAsync(before);
        // What was answered by success is caught; the first ball was thrown without a document of its own.
        var thrown = await modules.CountAsync(TwoModules.Thrower, "select count(*) from mt_doc_ball");
        await Eventually.True(async () => await modules.CountAsync(TwoModules.Catcher, "select count(*) from mt_doc_catch where data->>'by' = 'hand'") == thrown + 1, "every ball caught");
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient http)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/toys/balls") { Content = JsonContent.Create(new { behaviour = "ok" }), Headers = { { "Idempotency-Key", Guid.CreateVersion7().ToString() } } };
        return await http.SendAsync(request);
    }
}

public sealed class StopInProcessTests() : StopContract(Carrier.None);

public sealed class StopOverRabbitMqTests() : StopContract(Carrier.RabbitMq);

public sealed class StopOverPostgresTests() : StopContract(Carrier.Postgres);
