using System.Security.Cryptography;
using RabbitMQ.Client;

namespace Shared.Testing;

/// <summary>
/// The folder of one throw-away broker with the processes on it. RabbitMQ is an Erlang node, which registers with epmd, a daemon of the machine, by default open to the
/// world and never ended: this one has its own, on loopback, begun before it and ended after it.
/// </summary>
internal sealed class RabbitMqBroker : IAsyncDisposable
{
    private readonly string _program;
    private readonly string _home;
    private readonly OwnFolder? _folder;
    private readonly FreePort _port = FreePort.Take();
    private readonly FreePort _nodePort = FreePort.Take();
    private readonly FreePort _epmdPort = FreePort.Take();
    private readonly string _password = RandomNumberGenerator.GetHexString(24, lowercase: true);
    private ChildProcess? _epmd;
    private ChildProcess? _node;

    private RabbitMqBroker(string program, string home, OwnFolder? folder)
    {
        _program = program;
        _home = home;
        _folder = folder;
        Uri = new Uri($"amqp://modular:{_password}@127.0.0.1:{_port}/%2F?node={_nodePort}");
    }

    public Uri Uri { get; }

    public static async Task<RabbitMqBroker> CreateAsync(string? folder)
    {
        var program = FindProgram();
        var own = folder is null ? OwnFolder.Create("rabbitmq") : null;
        var broker = new RabbitMqBroker(program, folder ?? own!.Path, own);
        Directory.CreateDirectory(broker._home);
        await File.WriteAllTextAsync(broker.In("enabled_plugins"), "[].\n");
        await File.WriteAllTextAsync(broker.In("rabbitmq.conf"), $"""
            listeners.tcp.1 = 127.0.0.1:{broker._port}
            default_user = modular
            default_pass = {broker._password}
            log.console = true
            log.console.level = warning

            """);
        broker._epmd = await ChildProcess.StartAsync(new("epmd", ["-address", "127.0.0.1", "-port", $"{broker._epmdPort}"]));
        return broker;
    }

    public async Task StartAsync()
    {
        _node = await ChildProcess.StartAsync(new(_program, []) { Environment = Variables(), WorkingFolder = _home });
        await Eventually.True(AnswersAsync, "RabbitMQ takes connections", TimeSpan.FromSeconds(90));
    }

    public async Task StopAsync(bool kill)
    {
        if (_node is { } node && !await node.StopAsync(kill ? Signals.Kill : Signals.Terminate, TimeSpan.FromSeconds(30)))
            throw new InvalidOperationException($"RabbitMQ did not stop within 30 s:\n{node.LastOutput(50)}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_node is { } node)
            await node.DisposeAsync();
        if (_epmd is { } epmd)
            await epmd.DisposeAsync();
        foreach (var port in (FreePort[])[_port, _nodePort, _epmdPort])
            port.Dispose();
        _folder?.Dispose();
    }

    private string In(string file) => Path.Combine(_home, file);

    private Dictionary<string, string?> Variables() => new()
    {
        ["HOME"] = _home,
        ["ERL_EPMD_PORT"] = _epmdPort.ToString(), ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
        ["RABBITMQ_NODENAME"] = "modular@localhost",
        ["RABBITMQ_DIST_PORT"] = _nodePort.ToString(),
        // The cookie is the administrator's password. No epmd of Erlang's own, no busy waiting on the cores that the tests need.
        ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] =
            $"-kernel inet_dist_use_interface {{127,0,0,1}} -setcookie {_password} -start_epmd false +sbwt none +sbwtdcpu none +sbwtdio none",
        // The start script becomes the broker instead of waiting beside it: signals, ours and the death signal, then reach the broker itself.
        ["RUNNING_UNDER_SYSTEMD"] = "true",
        ["RABBITMQ_CONFIG_FILE"] = In("rabbitmq"),
        ["RABBITMQ_CONF_ENV_FILE"] = In("no-rabbitmq-env.conf"),
        ["RABBITMQ_ENABLED_PLUGINS_FILE"] = In("enabled_plugins"),
        ["RABBITMQ_MNESIA_BASE"] = In("mnesia"),
        ["RABBITMQ_LOG_BASE"] = In("log"), ["RABBITMQ_LOGS"] = "-",
        ["RABBITMQ_PID_FILE"] = In("pid"),
        ["RABBITMQ_FEATURE_FLAGS_FILE"] = In("feature_flags"),
        ["RABBITMQ_SCHEMA_DIR"] = In("schema"),
        ["RABBITMQ_GENERATED_CONFIG_DIR"] = In("config"),
        ["RABBITMQ_PLUGINS_EXPAND_DIR"] = In("plugins"),
    };

    private async Task<bool> AnswersAsync()
    {
        if (_node!.HasEnded || _epmd!.HasEnded)
            throw new NeverException($"RabbitMQ ended while starting:\n{_epmd!.Output}{_node.Output}");

        // The password is ours alone: who accepts it is our broker. The client does not wait for its virtual host to be opened, a channel does.
        await using var connection = await new ConnectionFactory { Uri = Uri, AutomaticRecoveryEnabled = false }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        return true;
    }

    private static string FindProgram()
    {
        var paths = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        var programs = Directory.Exists("/usr/lib/rabbitmq/lib") ? Directory.GetFiles("/usr/lib/rabbitmq/lib", "rabbitmq-server", SearchOption.AllDirectories) : [];
        var program = programs.FirstOrDefault(file => file.EndsWith("/sbin/rabbitmq-server", StringComparison.Ordinal));
        var missing = paths.Any(path => File.Exists(Path.Combine(path, "epmd"))) && paths.Any(path => File.Exists(Path.Combine(path, "erl_call"))) ? null : "epmd and erl_call";
        return program is not null && missing is null
            ? program
            : throw new InvalidOperationException(
                $"RabbitMQ is not installed ({missing ?? "/usr/lib/rabbitmq/lib/*/sbin/rabbitmq-server"} not found). "
                + $"Install Debian's package: apt-get install -y rabbitmq-server. Or name a running broker in {RabbitMqServer.Variable}.");
    }
}
