using Marten;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Shared.Kernel;
using Shared.Testing;
using Toys;
using Toys.Contracts;
using Wolverine;
using Wolverine.Runtime;

namespace Integration;

/// <summary>The tests' two modules in one host in this process, so that a test may reach into their runtimes.</summary>
internal sealed class TwoModules : IAsyncDisposable
{
    public static readonly Uri Catches = new("module://catcher/when-ball-thrown"), Counts = new("module://catcher/count-balls");

    private readonly string _database;
    private readonly ModularHost _host;

    private TwoModules(string database, ModularHost host) => (_database, _host) = (database, host);

    public NpgsqlDataSource Catcher => _host.ServicesOf("catcher").GetRequiredService<NpgsqlDataSource>();

    public NpgsqlDataSource Thrower => _host.ServicesOf("toys").GetRequiredService<NpgsqlDataSource>();

    public IDocumentStore Store => _host.ServicesOf("toys").GetRequiredService<IDocumentStore>();

    public HttpClient Http() => new() { BaseAddress = _host.Address };

    public static async Task<TwoModules> StartAsync(IReadOnlyDictionary<string, string?>? settings = null)
    {
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Urls"] = "http://127.0.0.1:0",
            ["Database:Administrator"] = database,
            ["Database:Secret"] = ModuleUnderTest.Secret,
            ["Messages:Backoff"] = "00:00:00.1,00:00:00.1",
            ["Logging:LogLevel:Default"] = "Critical",
        });
        builder.Configuration.AddInMemoryCollection(settings ?? new Dictionary<string, string?>());
        Module[] modules = [new ToysModule(), new CatcherModule()];
        return new TwoModules(database, await ModularHost.StartAsync(builder, modules, Manifest.Of(modules)));
    }

    /// <summary>An envelope as the publisher would store it.</summary>
    public Envelope Envelope(BallThrown ball, Uri destination, DateTimeOffset? sentAt = null)
    {
        var runtime = Runtime("toys");
        var envelope = new Envelope(ball) { Id = Guid.CreateVersion7(), Destination = destination, MessageType = WireName.Declare(typeof(BallThrown)), ContentType = "application/json", SentAt = sentAt ?? TimeProvider.System.GetUtcNow() };
        envelope.Data = runtime.Options.DefaultSerializer.WriteMessage(ball);
        return envelope;
    }

    /// <summary>Hands a message over in process, as the sender's carrier would.</summary>
    public Task<bool> HandOverAsync(Envelope envelope) => SendAsync(_host.InProcess, envelope);

    /// <summary>Sends a message through RabbitMQ.</summary>
    public Task<bool> PublishAsync(Envelope envelope, Uri broker) => SendAsync(new RabbitMqCarrier(Runtime("toys").Options, broker), envelope);

    /// <summary>The toys' own way to a destination over RabbitMQ, opened but not used yet.</summary>
    public ICarrierSender SenderBy(Uri broker, Uri destination) =>
        new RabbitMqCarrier(Runtime("toys").Options, broker).OpenSender((ModuleEndpoint)Runtime("toys").Options.Transports.GetOrCreateEndpoint(destination), Runtime("toys"));

    public Task AtRestAsync() => Eventually.True(async () => await CountAsync(Catcher, "select count(*) from wolverine_incoming_envelopes where status <> 'Handled'") == 0
        && await CountAsync(Thrower, "select count(*) from wolverine_outgoing_envelopes") == 0, "both modules at rest");

    public Task<long> CaughtAsync(Guid ball) => CountAsync(Catcher, $"select count(*) from mt_doc_catch where data->>'ball' = '{ball}'");

    public static async Task<long> CountAsync(NpgsqlDataSource module, string sql)
    {
        await using var command = module.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await (await PostgresServer.SharedAsync()).DropDatabaseAsync(_database);
    }

    private WolverineRuntime Runtime(string module) => (WolverineRuntime)_host.ServicesOf(module).GetRequiredService<IWolverineRuntime>();

    private async Task<bool> SendAsync(ICarrier carrier, Envelope envelope)
    {
        var runtime = Runtime("toys");
        await using var sender = carrier.OpenSender((ModuleEndpoint)runtime.Options.Transports.GetOrCreateEndpoint(envelope.Destination!), runtime);
        return (await sender.SendAsync([envelope]))[0] is null;
    }
}
