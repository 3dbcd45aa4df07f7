using System.Globalization;
using System.Security.Cryptography;
using Npgsql;

namespace Shared.Testing;

/// <summary>The data folder of one throw-away server and the process on it, which may die and come back.</summary>
internal sealed class PostgresCluster : IAsyncDisposable
{
    private readonly string _binaries;
    private string _data;
    private readonly OwnFolder? _folder;
    private readonly FreePort _port;
    private readonly string? _user;
    private readonly IReadOnlyDictionary<string, string> _settings;
    private ChildProcess? _server;

    private PostgresCluster(string binaries, string folder, OwnFolder? own, string? user, FreePort port, string password, IReadOnlyDictionary<string, string> settings)
    {
        _binaries = binaries;
        _data = Path.Combine(folder, "data");
        _folder = own;
        _user = user;
        _port = port;
        _settings = settings;
        ConnectionString = $"Host=127.0.0.1;Port={port};Username=postgres;Password={password};Database=postgres;Include Error Detail=true";
    }

    public string ConnectionString { get; }

    public static async Task<PostgresCluster> CreateAsync(string? folder, IReadOnlyDictionary<string, string> settings)
    {
        var binaries = FindBinaries();
        var own = folder is null ? OwnFolder.Create("postgres") : null;
        var home = folder ?? own!.Path;
        Directory.CreateDirectory(home);

        // A password, not trust: what connects with a wrong one must fail in tests as it would in production.
        var password = RandomNumberGenerator.GetHexString(24, lowercase: true);
        var passwordFile = Path.Combine(home, "password");
        await File.WriteAllTextAsync(passwordFile, password);

        // PostgreSQL refuses to run as root.
        var user = Environment.IsPrivilegedProcess ? await OtherUserAsync() : null;
        if (user is not null)
            await ChildProcess.RunAsync(new("chown", [user, home, passwordFile]));

        var cluster = new PostgresCluster(binaries, home, own, user, FreePort.Take(), password, settings);
        await ChildProcess.RunAsync(new(Path.Combine(binaries, "initdb"),
            ["-D", cluster._data, "-U", "postgres", "-A", "scram-sha-256", $"--pwfile={passwordFile}", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"])
        { User = user });
        File.Delete(passwordFile);
        return cluster;
    }

    public async Task StartAsync()
    {
        _server = await LaunchAsync();
        await Eventually.True(AnswersAsync, "PostgreSQL takes connections", TimeSpan.FromSeconds(60));
    }

    /// <summary>A copy that follows this server until it is promoted.</summary>
    public async Task<PostgresCluster> CreateStandbyAsync()
    {
        var own = OwnFolder.Create("standby");
        if (_user is not null) await ChildProcess.RunAsync(new("chown", [_user, own.Path]));
        var primary = new NpgsqlConnectionStringBuilder(ConnectionString);
        var standby = new PostgresCluster(_binaries, own.Path, own, _user, FreePort.Take(), primary.Password!, _settings);
        await ChildProcess.RunAsync(new(Path.Combine(_binaries, "pg_basebackup"), ["-D", standby._data, "-R", "-X", "stream", "-h", "127.0.0.1", "-p", $"{primary.Port}", "-U", primary.Username!, "-c", "fast"])
        {
            User = _user, Environment = new Dictionary<string, string?> { ["PGPASSWORD"] = primary.Password },
        });
        return standby;
    }

    /// <summary>Goes on at this server's address with the data of another one, which has been stopped.</summary>
    public Task GoOnWithAsync(PostgresCluster other)
    {
        _data = other._data;
        return StartAsync();
    }

    public async Task StopAsync()
    {
        if (_server is { } server && !await server.StopAsync(Signals.Interrupt, TimeSpan.FromSeconds(15)))
            throw new InvalidOperationException($"PostgreSQL did not stop within 15 s:\n{server.LastOutput(50)}");
    }

    public async Task KillAsync()
    {
        if (_server is { } server)
            await server.StopAsync(Signals.Kill, TimeSpan.FromSeconds(15));
    }

    public async ValueTask DisposeAsync()
    {
        // Its data goes with it, so it need not write anything any more.
        if (_server is { } server)
        {
            await server.StopAsync(Signals.Quit, TimeSpan.FromSeconds(15));
            await server.DisposeAsync();
        }
        _port.Dispose();
        _folder?.Dispose();
    }

    private async Task<bool> AnswersAsync()
    {
        if (_server!.HasEnded)
        {
            // Sessions of a killed server take a moment to notice that it is dead.
            if (!_server.Output.Contains("pre-existing shared memory block", StringComparison.Ordinal))
                throw new NeverException($"PostgreSQL ended while starting:\n{_server.Output}");
            _server = await LaunchAsync();
        }

        // The password is ours alone: who accepts it is our server.
        await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        return true;
    }

    // A death signal of QUIT, not KILL: the server then removes its shared memory before it goes.
    private Task<ChildProcess> LaunchAsync() =>
        ChildProcess.StartAsync(new(Path.Combine(_binaries, "postgres"), ["-D", _data, .. Settings()]) { User = _user, DeathSignal = "QUIT" });

    private IEnumerable<string> Settings()
    {
        var all = new Dictionary<string, string>
        {
            ["port"] = _port.ToString(), ["listen_addresses"] = "127.0.0.1", ["unix_socket_directories"] = "",
            ["max_connections"] = "500", ["wal_level"] = "logical",
            // The machine's crash is not tested, the process's is: that survives in the page cache without these two.
            ["fsync"] = "off", ["full_page_writes"] = "off", ["synchronous_commit"] = "on",
        };
        foreach (var (name, value) in _settings)
            all[name] = value;
        return all.SelectMany(setting => (string[])["-c", $"{setting.Key}={setting.Value}"]);
    }

    private static string FindBinaries()
    {
        var debian = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [];
        var folders = debian
            .OrderByDescending(folder => double.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var version) ? version : 0)
            .Select(folder => Path.Combine(folder, "bin"))
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator));
        return folders.FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")))
            ?? throw new InvalidOperationException(
                "PostgreSQL's server binaries (initdb, postgres) are neither in /usr/lib/postgresql/*/bin nor in PATH. "
                + $"Install Debian's package: apt-get install -y postgresql. Or name a running server in {PostgresServer.Variable}.");
    }

    private static async Task<string> OtherUserAsync()
    {
        var users = (await File.ReadAllLinesAsync("/etc/passwd")).Select(line => line.Split(':')[0]).ToHashSet();
        return users.Contains("postgres") ? "postgres" : "nobody";
    }
}
