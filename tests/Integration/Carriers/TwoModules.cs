using Marten;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Shared.Kernel;
using Shared.Testing;
using Toys;
using Toys.Contracts;
using Wolverine;
using Wolverine.Runtime;

namespace Integration;

/// <summary>The tests' two modules in this process, so that a test may reach into their runtimes: in one host, or in one each (apart).</summary>
internal sealed class TwoModules : IAsyncDisposable
{
    public const string Thrower = "toys", Catcher = "catcher";
    public static readonly Uri Catches = new("module://catcher/when-ball-thrown"), Counts = new("module://catcher/count-balls");

    private static readonly Module[] Modules = [new ToysModule(), new CatcherModule()];

    private readonly string _database;
    private readonly Carrier _carrier;
    private readonly bool _apart;
    private readonly Dictionary<string, string?> _settings;
    private readonly Dictionary<string, ModularHost> _hosts = [];
    private ICarrierSender? _sender;

    private TwoModules(string database, Carrier carrier, bool apart, Dictionary<string, string?> settings) => (_database, _carrier, _apart, _settings) = (database, carrier, apart, settings);

    public Uri? Broker => _settings.GetValueOrDefault("RabbitMq") is { } broker ? new Uri(broker) : null;

    /// <summary>An administrator's.</summary>
    public string Database => _database;

    public IDocumentStore Store => Services(Thrower).GetRequiredService<IDocumentStore>();

    public DeadLetters DeadLetters => new(Data(Catcher));

    /// <param name="carrier">Every message takes it; none: in process.</param>
    /// <param name="apart">A host for each; none is started yet.</param>
    public static async Task<TwoModules> StartAsync(Carrier carrier = Carrier.None, IReadOnlyDictionary<string, string?>? settings = null, bool apart = false)
    {
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        var all = new Dictionary<string, string?>
        {
            ["Urls"] = "http://127.0.0.1:0",
            ["Database:Administrator"] = database,
            ["Database:Secret"] = ModuleUnderTest.Secret,
            ["Messages:Backoff"] = "00:00:00.1,00:00:00.1",
            ["Logging:LogLevel:Default"] = "Critical",
        };
        if (carrier != Carrier.None) all["Carrier"] = carrier.ToString();
        if (carrier != Carrier.None && !apart) all["Scaled"] = "*";
        if (carrier == Carrier.RabbitMq) all["RabbitMq"] = (await (await RabbitMqServer.SharedAsync()).CreateVirtualHostAsync()).ToString();
        foreach (var (name, value) in settings ?? new Dictionary<string, string?>()) all[name] = value;
        var modules = new TwoModules(database, carrier, apart, all);
        if (!apart) await modules.StartHostAsync(Thrower);
        return modules;
    }

    public Task StartHostAsync(string module, Manifest? manifest = null) => StartHostAsync(module, new Dictionary<string, string?>(), manifest);

    /// <summary>Starts a module's host, or the one of both.</summary>
    public async Task StartHostAsync(string module, IReadOnlyDictionary<string, string?> settings, Manifest? manifest = null)
    {
        var builder = WebApplication.CreateSlimBuilder([.. ModularHost.SettingsOnce]);
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(_settings);
        if (_apart) builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Modules"] = module, ["Gateway"] = "false" });
        builder.Configuration.AddInMemoryCollection(settings);
        var host = await ModularHost.StartAsync(builder, Modules, manifest ?? Manifest.Of(Modules));
        foreach (var name in _apart ? [module] : new[] { Thrower, Catcher }) _hosts[name] = host;
    }

    /// <summary>A second host of a module.</summary>
    public async Task<ModularHost> StartTwinAsync(string module)
    {
        var first = _hosts[module];
        await StartHostAsync(module);
        (var twin, _hosts[module]) = (_hosts[module], first);
        return twin;
    }

    public async Task StopHostAsync(string module)
    {
        var host = _hosts[module];
        foreach (var name in _hosts.Keys.Where(name => _hosts[name] == host).ToArray()) _hosts.Remove(name);
        await host.DisposeAsync();
    }

    public HttpClient Http() => new() { BaseAddress = _hosts[Thrower].Address };

    public IServiceProvider Services(string module) => _hosts[module].ServicesOf(module);

    public NpgsqlDataSource Data(string module) => Services(module).GetRequiredService<NpgsqlDataSource>();

    /// <summary>An envelope as the publisher would store it.</summary>
    public static Envelope Envelope(BallThrown ball, Uri? destination = null, DateTimeOffset? sentAt = null) => new(ball)
    {
        Id = Guid.CreateVersion7(), Destination = destination ?? Catches, MessageType = WireName.Declare(typeof(BallThrown)), ContentType = "application/json",
        SentAt = sentAt ?? TimeProvider.System.GetUtcNow(), Data = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(ball, System.Text.Json.JsonSerializerOptions.Web),
    };

    /// <summary>Gives messages to the carrier, as the sender would; each must be accepted.</summary>
    public async Task SendAsync(params Envelope[] messages)
    {
        _sender ??= Open(_carrier).OpenSender(Catches);
        Assert.All(await _sender.SendAsync(messages), Assert.Null);
    }

    public ICarrier Open(Carrier carrier) => carrier switch
    {
        Carrier.None => _hosts[Catcher].InProcess,
        Carrier.RabbitMq => new RabbitMqCarrier("test", Broker!, declares: false, NullLoggerFactory.Instance),
        _ => new PostgresCarrier(Thrower, Databases.Read(new ConfigurationBuilder().AddInMemoryCollection(_settings).Build(), "Database", [Thrower], []), NullLoggerFactory.Instance),
    };

    /// <summary>A carrier of the module's own beside those of its host; it needs no host.</summary>
    public async Task SendByAsync(Carrier by, Envelope message)
    {
        await using var carrier = Open(by);
        await using var sender = carrier.OpenSender(message.Destination!);
        Assert.Null((await sender.SendAsync([message]))[0]);
    }

    /// <summary>The module throws a ball by a command of its own.</summary>
    public async Task<Guid> ThrowAsync(string behaviour = "ok") => (await ThrowAsync(1, behaviour)).Single();

    /// <summary>Balls thrown together, by one command.</summary>
    public async Task<IReadOnlyList<Guid>> ThrowAsync(int balls, string behaviour = "ok")
    {
        await using var scope = Services(Thrower).CreateAsyncScope();
        var thrown = Enumerable.Range(0, balls).Select(_ => new BallThrown(Guid.CreateVersion7(), behaviour)).ToArray();
        foreach (var ball in thrown) await scope.ServiceProvider.GetRequiredService<Outbox>().Publish(ball);
        await scope.ServiceProvider.GetRequiredService<IDocumentSession>().SaveChangesAsync();
        return [.. thrown.Select(ball => ball.Id)];
    }

    public Task AtRestAsync() => Eventually.True(async () => await CountAsync(Catcher, "select count(*) from wolverine_incoming_envelopes where status <> 'Handled'") == 0
        && await CountAsync(Thrower, "select count(*) from wolverine_outgoing_envelopes") == 0, "both modules at rest");

    /// <summary>A host is started before its carriers listen, and a queue to which nobody ever listened is not there.</summary>
    public async Task UntilListeningAsync() => await UntilCaughtAsync(await ThrowAsync());

    public Task UntilCaughtAsync(Guid ball) => Eventually.True(async () => await CaughtAsync(ball) == 1, $"ball {ball} caught");

    /// <summary>How often the hand has caught it.</summary>
    public Task<long> CaughtAsync(Guid ball) => CountAsync(Catcher, $"select count(*) from mt_doc_catch where data->>'ball' = '{ball}' and data->>'by' = 'hand'");

    public async Task<DeadLetter> UntilDeadAsync(Guid message) =>
        (await Eventually.Get(async () => (await DeadLetters.ListAsync(1, message)).SingleOrDefault(), letter => letter is not null, $"dead letter {message}"))!;

    /// <summary>Everything about the module's messages, read while no host runs.</summary>
    public async Task AsAdministratorAsync(Func<NpgsqlConnection, Task> act)
    {
        await using var connection = new NpgsqlConnection(_database);
        await connection.OpenAsync();
        await act(connection);
    }

    public async Task<long> CountAsync(string module, string sql)
    {
        await using var command = Data(module).CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async Task ExecuteAsync(string module, string sql)
    {
        await using var command = Data(module).CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var module in _hosts.Keys.ToArray())
            if (_hosts.ContainsKey(module)) await StopHostAsync(module);
        if (_sender is not null) await _sender.DisposeAsync();
        await (await PostgresServer.SharedAsync()).DropDatabaseAsync(_database);
        if (_carrier == Carrier.RabbitMq && Broker!.Host == "127.0.0.1") await (await RabbitMqServer.SharedAsync()).DeleteVirtualHostAsync(Broker);
    }
}
