using Npgsql;
using Shared.Kernel;
using Shared.Testing;
using Toys;
using Toys.Contracts;

namespace Integration;

/// <summary>A host for each module, so that the subscriber, or the carrier between them, may be away.</summary>
public abstract class ApartContract(Carrier carrier)
{
    [Fact]
    public async Task a_subscriber_that_has_never_run_gets_everything_when_it_comes()
    {
        await using var modules = await TwoModules.StartAsync(carrier, apart: true);
        await modules.StartHostAsync(TwoModules.Thrower);
        var balls = new List<Guid>();
        for (var i = 0; i < 20; i++) balls.Add(await modules.ThrowAsync());

        await modules.StartHostAsync(TwoModules.Catcher);

        foreach (var ball in balls) await modules.UntilCaughtAsync(ball);
    }

    [Fact]
    public async Task a_subscriber_that_is_stopped_gets_what_was_published_meanwhile()
    {
        await using var modules = await TwoModules.StartAsync(carrier, apart: true);
        await modules.StartHostAsync(TwoModules.Thrower);
        await modules.StartHostAsync(TwoModules.Catcher);
        await modules.UntilCaughtAsync(await modules.ThrowAsync());

        await modules.StopHostAsync(TwoModules.Catcher);
        var balls = new List<Guid>();
        for (var i = 0; i < 20; i++) balls.Add(await modules.ThrowAsync());
        await modules.StartHostAsync(TwoModules.Catcher);

        foreach (var ball in balls) await modules.UntilCaughtAsync(ball);
        await modules.AtRestAsync();
        Assert.Equal(21, await modules.CountAsync(TwoModules.Catcher, "select count(*) from mt_doc_catch where data->>'by' = 'hand'"));
    }

    [Fact]
    public async Task a_new_subscriber_gets_what_is_published_once_its_publisher_knows_it()
    {
        await using var modules = await TwoModules.StartAsync(carrier, apart: true);
        var before = Manifest.Of([new ToysModule()]);
        await modules.StartHostAsync(TwoModules.Thrower, new Manifest([.. before.Modules, .. Manifest.Of([new CatcherModule()]).Modules.Select(entry => entry with { ReactsTo = [] })]));
        await modules.StartHostAsync(TwoModules.Catcher);
        var unknown = await modules.ThrowAsync();

        await modules.StopHostAsync(TwoModules.Thrower);
        await modules.StartHostAsync(TwoModules.Thrower);
        var known = await modules.ThrowAsync();

        await modules.UntilCaughtAsync(known);
        Assert.Equal(0, await modules.CaughtAsync(unknown));
    }

    [Fact]
    public async Task two_instances_share_the_work_and_what_one_leaves_the_other_takes()
    {
        await using var modules = await TwoModules.StartAsync(carrier, apart: true);
        await modules.StartHostAsync(TwoModules.Thrower);
        await modules.StartHostAsync(TwoModules.Catcher);
        var twin = await modules.StartTwinAsync(TwoModules.Catcher);
        var balls = new List<Guid>();
        for (var i = 0; i < 100; i++) balls.Add(await modules.ThrowAsync());

        await twin.DisposeAsync();
        for (var i = 0; i < 20; i++) balls.Add(await modules.ThrowAsync());

        foreach (var ball in balls) await modules.UntilCaughtAsync(ball);
        await modules.AtRestAsync();
        Assert.Equal(120, await modules.CountAsync(TwoModules.Catcher, "select count(*) from mt_doc_catch where data->>'by' = 'hand'"));
    }

    [Theory, InlineData("refused"), InlineData("silent")]
    public async Task the_carrier_is_away_at_start_and_later_and_comes_back(string how)
    {
        await using var wire = await WireAsync();
        await using var modules = await TwoModules.StartAsync(carrier, Through(wire), apart: true);
        await AwayAsync();
        await modules.StartHostAsync(TwoModules.Thrower);
        var balls = new List<Guid> { await modules.ThrowAsync() };
        await modules.StartHostAsync(TwoModules.Catcher);
        Back();
        foreach (var ball in balls) await modules.UntilCaughtAsync(ball);

        await AwayAsync();
        for (var i = 0; i < 50; i++) balls.Add(await modules.ThrowAsync());
        Back();

        foreach (var ball in balls) await Eventually.True(async () => await modules.CaughtAsync(ball) == 1, $"ball {ball} caught", TimeSpan.FromSeconds(60));
        await modules.AtRestAsync();

        async Task AwayAsync()
        {
            if (how == "silent") wire.Pause();
            else await wire.GoDownAsync();
        }

        void Back()
        {
            if (how == "silent") wire.Resume();
            else wire.ComeBack();
        }
    }

    protected abstract Task<TcpProxy> WireAsync();

    protected abstract IReadOnlyDictionary<string, string?> Through(TcpProxy wire);
}

public sealed class ApartOverRabbitMqTests() : ApartContract(Carrier.RabbitMq)
{
    private Uri _broker = null!;

    protected override async Task<TcpProxy> WireAsync()
    {
        _broker = await (await RabbitMqServer.SharedAsync()).CreateVirtualHostAsync();
        return TcpProxy.To(_broker.Port);
    }

    protected override IReadOnlyDictionary<string, string?> Through(TcpProxy wire) => new Dictionary<string, string?> { ["RabbitMq"] = wire.Through(_broker).ToString() };
}

public sealed class ApartOverPostgresTests() : ApartContract(Carrier.Postgres)
{
    private string _bus = null!;

    protected override async Task<TcpProxy> WireAsync()
    {
        var server = await PostgresServer.SharedAsync();
        _bus = await server.CreateDatabaseAsync();
        return TcpProxy.ToPostgres(server.Port);
    }

    protected override IReadOnlyDictionary<string, string?> Through(TcpProxy wire) => new Dictionary<string, string?> { ["Bus:Administrator"] = wire.Through(_bus) };
}
