using System.Security.Cryptography;
using RabbitMQ.Client;

namespace Shared.Testing;

/// <summary>
/// The folder of one broker, thrown away or kept, with the processes on it. RabbitMQ is an Erlang node, which registers with epmd, a daemon of the machine, by default open to the
/// world and never ended: this one has its own, on loopback, begun before it and ended after it.
/// </summary>
internal sealed class RabbitMqBroker : IAsyncDisposable
{
    /// <summary>Environment variable with a folder in which there is a system of its own, with the RabbitMQ to use: another version than this machine's. Needs root.</summary>
    public const string RootVariable = "MODULAR_RABBITMQ_ROOT";

    private static readonly string Root = Environment.GetEnvironmentVariable(RootVariable) ?? "";

    private readonly string _program;
    private readonly string _home;
    private readonly OwnFolder? _folder;
    private readonly FreePort _port = FreePort.Take();
    private readonly FreePort _nodePort = FreePort.Take();
    private readonly FreePort _epmdPort = FreePort.Take();
    private readonly string _password;
    private readonly string? _user;
    private ChildProcess? _epmd;
    private ChildProcess? _node;

    private RabbitMqBroker(string program, string home, OwnFolder? folder, string password, string? user)
    {
        _program = program;
        _home = home;
        _folder = folder;
        _password = password;
        _user = user;
        Uri = new Uri($"amqp://modular:{_password}@127.0.0.1:{_port}/%2F?node={_nodePort}");
    }

    public Uri Uri { get; }

    public static async Task<RabbitMqBroker> CreateAsync(string? folder)
    {
        var program = FindProgram();
        var own = folder is null ? OwnFolder.Create("rabbitmq") : null;
        var home = folder ?? own!.Path;
        Directory.CreateDirectory(home);

        // The first start's password is in the broker's data.
        var kept = Path.Combine(home, "password");
        var password = File.Exists(kept) ? await File.ReadAllTextAsync(kept) : RandomNumberGenerator.GetHexString(24, lowercase: true);
        var broker = new RabbitMqBroker(program, home, own, password, folder is null ? null : await OtherUserAsync());
        await broker.WriteSecretAsync("password", password);
        await broker.WriteSecretAsync(".erlang.cookie", password);
        await File.WriteAllTextAsync(broker.In("enabled_plugins"), "[].\n");
        await broker.WriteSecretAsync("rabbitmq.conf", $"""
            listeners.tcp.1 = 127.0.0.1:{broker._port}
            default_user = modular
            default_pass = {broker._password}
            log.console = true
            log.console.level = warning

            """);
        if (broker._user is { } user) await ChildProcess.RunAsync(new("chown", ["-R", $"{user}:", home]));
        broker._epmd = await ChildProcess.StartAsync(Command("epmd", "-address", "127.0.0.1", "-port", $"{broker._epmdPort}") with { User = broker._user, OwnSession = true });
        return broker;
    }

    public async Task StartAsync()
    {
        _node = await ChildProcess.StartAsync(Command(_program) with { Environment = Variables(), WorkingFolder = _home, User = _user, OwnSession = true });
        await Eventually.True(AnswersAsync, "RabbitMQ takes connections", TimeSpan.FromSeconds(90));
        await Eventually.True(LeadsAsync, "RabbitMQ's quorum queues have a leader", TimeSpan.FromSeconds(30));
    }

    /// <summary>After a crash a broker of one node may leave a queue without a leader, for good (rabbitmq-server, issue 10070): what helps is what an operator does, to have one elected.</summary>
    private async Task<bool> LeadsAsync() => await new RabbitMqNode(_nodePort.Number, _password).EvaluateAsync("""
        Members = case ets:whereis(ra_state) of undefined -> []; _ -> ets:tab2list(ra_state) end,
        [ra:trigger_election({element(1, M), node()}) || M <- Members, element(2, M) =:= follower],
        io:format("~b~n", [length([M || M <- Members, element(2, M) =/= leader])]),
        ok.
        """) is ["0"];

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

    /// <summary>How the broker ended, with its last words; null while it runs.</summary>
    public string? Ended => _node is { HasEnded: true } node ? node.LastOutput(20) : _epmd is { HasEnded: true } epmd ? epmd.LastOutput(20) : null;

    private async Task WriteSecretAsync(string file, string text)
    {
        File.Delete(In(file)); // may be another account's
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var writer = new StreamWriter(In(file), options);
        await writer.WriteAsync(text);
    }

    // A kept broker is no test's: it does not run as root.
    private static async Task<string?> OtherUserAsync() =>
        Root.Length == 0 && Environment.IsPrivilegedProcess && (await File.ReadAllLinesAsync("/etc/passwd")).Any(line => line.StartsWith("rabbitmq:", StringComparison.Ordinal)) ? "rabbitmq" : null;

    // In the other system the folder of temporary files is this one's: there the broker has its own.
    private static ChildCommand Command(string program, params string[] arguments) => Root.Length == 0
        ? new(program, arguments)
        : new("unshare", ["--mount", "sh", "-c", "mount --rbind /proc \"$0/proc\" && mount --bind /tmp \"$0/tmp\" && exec chroot \"$0\" \"$@\"", Root, program, .. arguments]);

    private string In(string file) => Path.Combine(_home, file);

    private Dictionary<string, string?> Variables() => new()
    {
        ["HOME"] = _home,
        ["ERL_EPMD_PORT"] = _epmdPort.ToString(), ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
        ["RABBITMQ_NODENAME"] = "modular@localhost",
        ["RABBITMQ_DIST_PORT"] = _nodePort.ToString(),
        // The cookie, in .erlang.cookie, is the administrator's password. No epmd of Erlang's own, no busy waiting on the cores that the tests need.
        ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] =
            $"-kernel inet_dist_use_interface {{127,0,0,1}} -start_epmd false +sbwt none +sbwtdcpu none +sbwtdio none",
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
        var folder = Root + "/usr/lib/rabbitmq/lib";
        var programs = Directory.Exists(folder) ? Directory.GetFiles(folder, "rabbitmq-server", SearchOption.AllDirectories) : [];
        var program = programs.FirstOrDefault(file => file.EndsWith("/sbin/rabbitmq-server", StringComparison.Ordinal))?[Root.Length..];
        var missing = paths.Any(path => File.Exists(Path.Combine(path, "epmd"))) && paths.Any(path => File.Exists(Path.Combine(path, "erl_call"))) ? null : "epmd and erl_call";
        return program is not null && missing is null
            ? program
            : throw new InvalidOperationException(
                $"RabbitMQ is not installed ({missing ?? $"{folder}/*/sbin/rabbitmq-server"} not found). "
                + $"Install Debian's package: apt-get install -y rabbitmq-server. Or name a running broker in {RabbitMqServer.Variable}.");
    }
}
