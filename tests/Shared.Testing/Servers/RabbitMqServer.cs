using RabbitMQ.Client;

namespace Shared.Testing;

/// <summary>A RabbitMQ, thrown away unless a folder is named. One serves a whole test run, each test has a virtual host of its own in it; a test that stops the broker starts one for itself.</summary>
public sealed class RabbitMqServer : IAsyncDisposable
{
    /// <summary>Environment variable with the <see cref="Uri"/> of the broker that the whole run shares.</summary>
    public const string Variable = "MODULAR_TEST_RABBITMQ";

    private static readonly Lazy<Task<RabbitMqServer>> Shared = new(StartSharedAsync);

    private readonly RabbitMqBroker? _broker;
    private readonly RabbitMqNode _node;

    private RabbitMqServer(Uri uri, RabbitMqBroker? broker)
    {
        Uri = uri;
        _broker = broker;
        _node = RabbitMqNode.Of(uri);
    }

    /// <summary>The administrator's, <c>amqp://user:password@127.0.0.1:port/%2F?node=port</c>: the node's port and the password are what makes virtual hosts.</summary>
    public Uri Uri { get; }

    public int Port => Uri.Port;

    /// <summary>The broker's last words if it has ended, whoever asked it to; null while it runs.</summary>
    public string? Ended => _broker?.Ended;

    /// <summary>The broker of this test run: the one named by <see cref="Variable"/>, or one of this process, stopped when the process ends.</summary>
    public static Task<RabbitMqServer> SharedAsync() => Shared.Value;

    /// <summary>Starts a broker that the caller owns, by default in a temporary folder; in a named one it keeps its data. Takes 4 to 7 s.</summary>
    public static async Task<RabbitMqServer> StartAsync(string? folder = null)
    {
        var broker = await RabbitMqBroker.CreateAsync(folder);
        try
        {
            await broker.StartAsync();
            return new RabbitMqServer(broker.Uri, broker);
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes an empty virtual host and returns the administrator's URI of it.</summary>
    public async Task<Uri> CreateVirtualHostAsync()
    {
        var name = $"test-{Guid.CreateVersion7():N}";
        var user = Uri.UserInfo.Split(':')[0];
        await _node.EvaluateAsync($"""
            ok = rabbit_vhost:add(<<"{name}">>, <<"{user}">>),
            ok = rabbit_auth_backend_internal:set_permissions(<<"{user}">>, <<"{name}">>, <<".*">>, <<".*">>, <<".*">>, <<"{user}">>).
            """);
        return new UriBuilder(Uri) { Path = name, Query = "" }.Uri;
    }

    /// <summary>Imports a definitions file, as an administrator does.</summary>
    public Task ImportDefinitionsAsync(string json) => _node.EvaluateAsync($"""ok = rabbit_definitions:import_raw(base64:decode(<<"{Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(json))}">>)).""");

    /// <summary>A user of the virtual host who may publish and consume, and declare nothing.</summary>
    public async Task<Uri> CreateUserWhoDeclaresNothingAsync(Uri virtualHost)
    {
        var name = $"user-{Guid.CreateVersion7():N}";
        await _node.EvaluateAsync($"""
            ok = rabbit_auth_backend_internal:add_user(<<"{name}">>, <<"{name}">>, <<"tests">>),
            ok = rabbit_auth_backend_internal:set_permissions(<<"{name}">>, <<"{NameOf(virtualHost)}">>, <<"">>, <<".*">>, <<".*">>, <<"tests">>).
            """);
        return new UriBuilder(virtualHost) { UserName = name, Password = name }.Uri;
    }

    /// <summary>Deletes a virtual host with its queues; its connections are closed.</summary>
    public Task DeleteVirtualHostAsync(Uri virtualHost) =>
        _node.EvaluateAsync($"""ok = rabbit_vhost:delete(<<"{NameOf(virtualHost)}">>, <<"tests">>).""");

    /// <summary>Every queue of the virtual host with its messages: those ready, and those that a consumer holds without having confirmed them.</summary>
    public async Task<IReadOnlyDictionary<string, long>> QueueDepthsAsync(Uri virtualHost)
    {
        // Asked of the queues themselves; the statistics of a quorum queue are seconds old.
        var lines = await _node.EvaluateAsync($$"""
            Depth = fun(Q) -> case amqqueue:get_type(Q) of
                rabbit_quorum_queue -> {ok, {_, N}, _} = ra:leader_query(amqqueue:get_pid(Q), fun rabbit_fifo:query_messages_total/1), N;
                _ -> [{messages, N}] = rabbit_amqqueue:info(Q, [messages]), N end end,
            [io:format("~ts~c~b~n", [element(4, amqqueue:get_name(Q)), 9, Depth(Q)]) || Q <- rabbit_amqqueue:list(<<"{{NameOf(virtualHost)}}">>)],
            ok.
            """);
        return lines.Select(line => line.Split('\t')).ToDictionary(parts => parts[0], parts => long.Parse(parts[1]));
    }

    /// <summary>A quorum queue answers nothing, as if it had no leader, or does again.</summary>
    public Task SetSilentAsync(Uri virtualHost, string queue, bool silent) =>
        _node.EvaluateAsync($"""ok = sys:{(silent ? "suspend" : "resume")}(binary_to_existing_atom(<<"{NameOf(virtualHost)}_{queue}">>)).""");

    /// <summary>Raises or clears an alarm of the broker's, such as <c>memory</c> or <c>disk</c>: while it lasts, publishers are blocked.</summary>
    public Task SetAlarmAsync(string resource, bool on) => _node.EvaluateAsync(on
        ? $"rabbit_alarm:set_alarm({{{{resource_limit, {resource}, node()}}, []}}), ok."
        : $"rabbit_alarm:clear_alarm({{resource_limit, {resource}, node()}}), ok.");

    /// <summary>Stops the broker in order, or with <paramref name="kill"/> by SIGKILL. Its data and port stay.</summary>
    public Task StopBrokerAsync(bool kill = false) => Owned.StopAsync(kill);

    /// <summary>Brings a stopped broker back on the same port with the same data.</summary>
    public Task StartBrokerAsync() => Owned.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_broker is not null)
            await _broker.DisposeAsync();
    }

    private RabbitMqBroker Owned => _broker
        ?? throw new InvalidOperationException("The broker of the whole run is not stopped by one test. Start one for this test with RabbitMqServer.StartAsync().");

    private static async Task<RabbitMqServer> StartSharedAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
            return new RabbitMqServer(new Uri(given), null);

        var server = await StartAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return server;
    }

    private static string NameOf(Uri virtualHost) => new ConnectionFactory { Uri = virtualHost }.VirtualHost;
}
