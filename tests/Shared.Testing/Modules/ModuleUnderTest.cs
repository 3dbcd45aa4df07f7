using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text.Json;
using Marten;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Shared.Kernel;
using Wolverine;
using Wolverine.Runtime;

namespace Shared.Testing;

/// <summary>One module alone in a host, on its own database, with a neighbour that writes down what it publishes.</summary>
public sealed class ModuleUnderTest : IAsyncDisposable
{
    /// <summary>Roles belong to the whole server: all the tests of a run derive the same passwords.</summary>
    public const string Secret = "not-a-secret-of-any-database-but-the-tests'";

    private static readonly ConcurrentDictionary<Type, Lazy<Task<string>>> Templates = new();

    private readonly Module _module;
    private readonly string _database;
    private readonly ModularHost _host;
    private readonly TestIssuer _issuer;

    private ModuleUnderTest(Module module, string database, ModularHost host, TestIssuer issuer) => (_module, _database, _host, _issuer) = (module, database, host, issuer);

    public Uri Address => _host.Address;

    /// <summary>Starts the module on a fresh database. Retries of failed messages come after a tenth of a second.</summary>
    /// <param name="neighbours">Modules in the same host.</param>
    public static async Task<ModuleUnderTest> StartAsync(Module module, IReadOnlyDictionary<string, string?>? settings = null, params Module[] neighbours)
    {
        var server = await PostgresServer.SharedAsync();
        var template = await Templates.GetOrAdd(module.GetType(), _ => new(() => TemplateAsync(server, module))).Value;
        return await StartAsync(module, await server.CreateDatabaseAsync(template), settings, neighbours);
    }

    /// <summary>The module among the rest of the shop, as far as it can see that: for hosts that a test starts itself.</summary>
    public static Module[] AmongOthers(Module module) => [module, new Outside(module)];

    /// <summary>The container of a neighbour.</summary>
    public IServiceProvider ServicesOf(string neighbour) => _host.ServicesOf(neighbour);

    public HttpClient Anonymous() => new() { BaseAddress = Address };

    public HttpClient As(Guid customer) => Signed(Policies.Customer, customer);

    public HttpClient AsOperator(Guid? subject = null) => Signed(Policies.Operator, subject ?? Guid.CreateVersion7());

    /// <summary>Delivers a message as another module would, and returns once it is handled.</summary>
    /// <param name="id">The message's identity: the same one again is a duplicate.</param>
    /// <exception cref="InvalidOperationException">It became a dead letter, or the inbox did not store it.</exception>
    public Task Deliver<TMessage>(TMessage message, Guid? id = null) where TMessage : class => Deliver<TMessage>(runtime => runtime.Options.DefaultSerializer.WriteMessage(message), id);

    /// <summary>Delivers a message of this type as another version of its publisher wrote it.</summary>
    public Task DeliverAsWritten<TMessage>(string json) where TMessage : class => Deliver<TMessage>(_ => System.Text.Encoding.UTF8.GetBytes(json), null);

    private async Task Deliver<TMessage>(Func<IWolverineRuntime, byte[]> write, Guid? id) where TMessage : class
    {
        var map = new MessageMap();
        _module.Messages(map);
        var destinations = map.Reactions.Where(reaction => reaction.Message == typeof(TMessage)).Select(reaction => ModuleTransport.Address(_module.Name, reaction.Destination)).ToArray();
        if (destinations.Length == 0) throw new InvalidOperationException($"{_module.Name} does not react to {typeof(TMessage).Name}.");

        var runtime = _host.ServicesOf(_module.Name).GetRequiredService<IWolverineRuntime>();
        foreach (var destination in destinations)
        {
            var envelope = new Envelope { Id = id ?? Guid.CreateVersion7(), Destination = destination, MessageType = WireName.Declare(typeof(TMessage)), ContentType = "application/json", SentAt = TimeProvider.System.GetUtcNow() };
            envelope.Data = write(runtime);
            await using var sender = _host.InProcess.OpenSender(destination);
            if ((await sender.SendAsync([envelope]))[0] is { } fault) throw new InvalidOperationException($"{destination} did not accept the message.", fault);

            await Eventually.True(async () => await Handled(envelope.Id, destination), $"{typeof(TMessage).Name} {envelope.Id} handled by {destination}");
        }
    }

    /// <summary>What has left the module so far, once it is at rest.</summary>
    public async Task<IReadOnlyList<TEvent>> Published<TEvent>()
    {
        await AtRest();
        await using var session = _host.ServicesOf("outside").GetRequiredService<IDocumentStore>().QuerySession();
        var recorded = await session.Query<Recorded>().Where(record => record.Type == typeof(TEvent).FullName).OrderBy(record => record.Id).ToListAsync();
        return [.. recorded.Select(record => JsonSerializer.Deserialize<TEvent>(record.Json)!)];
    }

    /// <summary>The module tells of its dead letters now, as it would at its next look.</summary>
    public Task TellDeadLetters() => _host.ServicesOf(_module.Name).GetServices<IHostedService>().OfType<TellDeadLetters>().Single().OnceAsync(CancellationToken.None);

    /// <summary>Waits until nothing is to be sent, waits in an inbox or is due.</summary>
    public Task AtRest() => Eventually.True(async () => await Moving(_module.Name) + await Moving("outside") == 0, $"{_module.Name} at rest");

    /// <summary>A session of the module's own role, set as all of them are.</summary>
    public Task<NpgsqlConnection> OpenConnectionAsync() => _host.ServicesOf(_module.Name).GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync().AsTask();

    /// <summary>One value, read by the module's own role.</summary>
    public async Task<T> Query<T>(string sql, params object[] parameters)
    {
        await using var command = _host.ServicesOf(_module.Name).GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await (await PostgresServer.SharedAsync()).DropDatabaseAsync(_database);
    }

    private static async Task<ModuleUnderTest> StartAsync(Module module, string database, IReadOnlyDictionary<string, string?>? settings, Module[] neighbours)
    {
        var issuer = await TestIssuer.SharedAsync();
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [.. ModularHost.SettingsOnce], EnvironmentName = "Development" });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Urls"] = "http://127.0.0.1:0",
            ["Database:Administrator"] = database,
            ["Database:Secret"] = Secret,
            ["Tokens:Authority"] = issuer.Address.ToString(),
            ["Messages:Backoff"] = "00:00:00.1,00:00:00.1",
            ["Logging:LogLevel:Default"] = "Critical",
        });
        // Whom it asks is away, unless a test says where somebody stands in.
        builder.Configuration.AddInMemoryCollection(CallMap.Of(module).Asked.Select(service => KeyValuePair.Create($"Calls:Addresses:{CallMap.ModuleOf(service)}", (string?)"http://127.0.0.1:9")));
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create("Calls:Secret", (string?)Secret)]);
        builder.Configuration.AddInMemoryCollection(settings ?? new Dictionary<string, string?>());
        Module[] modules = [module, new Outside(module), .. neighbours];
        return new ModuleUnderTest(module, database, await ModularHost.StartAsync(builder, modules, Manifest.Of(modules)), issuer);
    }

    /// <summary>A migrated database, to be copied: that is quicker than migrating once for each test.</summary>
    private static async Task<string> TemplateAsync(PostgresServer server, Module module)
    {
        var database = await server.CreateDatabaseAsync();
        await (await StartAsync(module, database, null, []))._host.DisposeAsync();
        return new NpgsqlConnectionStringBuilder(database).Database!;
    }

    private HttpClient Signed(string role, Guid subject)
    {
        var client = Anonymous();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _issuer.Token(role, subject));
        return client;
    }

    private async Task<bool> Handled(Guid id, Uri destination)
    {
        await using var command = _host.ServicesOf(_module.Name).GetRequiredService<NpgsqlDataSource>().CreateCommand(
            """
            select coalesce((select status from wolverine_incoming_envelopes where id = $1 and received_at = $2),
                            (select 'dead: ' || exception_type || ': ' || exception_message from wolverine_dead_letters where id = $1 and received_at = $2), 'unknown')
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = id });
        command.Parameters.Add(new NpgsqlParameter { Value = destination.ToString() });
        var status = (string)(await command.ExecuteScalarAsync())!;
        return status.StartsWith("dead", StringComparison.Ordinal) ? throw new NeverException($"The message at {destination} is {status}") : status == "Handled";
    }

    private async Task<long> Moving(string module)
    {
        await using var command = _host.ServicesOf(module).GetRequiredService<NpgsqlDataSource>().CreateCommand(
            "select (select count(*) from wolverine_outgoing_envelopes) + (select count(*) from wolverine_incoming_envelopes where status = 'Incoming' or (status = 'Scheduled' and execution_time < now() + interval '2 seconds'))");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
