using System.Net;

namespace Shared.Testing;

/// <summary>Where the host is to die by SIGKILL: at a named checkpoint of the product, for one destination or any, the first time or the n-th.</summary>
public sealed record KillAt(string Checkpoint, string? Destination = null, int Time = 1)
{
    /// <summary>Where is said while the host runs, by <see cref="HostProcess.DieAt"/>.</summary>
    public static readonly KillAt NamedLater = new("");

    public override string ToString() => $"{Checkpoint}{(Destination is null ? "" : "@" + Destination)}#{Time}";
}

/// <summary>
/// The product's host as a process of its own, on a port of its own, that dies with this one. Disposing stops it as an orchestrator would (SIGTERM), and fails if that
/// takes more than 15 s (<see cref="StopsWithin"/>). Its output goes to the console then, which xunit shows for a failed test.
/// </summary>
public sealed class HostProcess : IAsyncDisposable
{
    /// <summary>Environment variable with the path of the Host.dll to test; by default the one built beside the tests, in their configuration.</summary>
    public const string Variable = "MODULAR_HOST";

    private readonly IRunning _child;
    private readonly FreePort? _ownPort;
    private readonly OwnFolder _folder;

    private HostProcess(IRunning child, FreePort port, bool ownPort, OwnFolder folder, bool waitsForKillPoint)
    {
        WaitsForKillPoint = waitsForKillPoint;
        _child = child;
        _ownPort = ownPort ? port : null;
        _folder = folder;
        Port = port.Number;
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(30) };
    }

    public int Port { get; }

    /// <summary>Speaks to the host at its base address.</summary>
    public HttpClient Http { get; }

    /// <summary>How long it may take to stop when disposed.</summary>
    public TimeSpan StopsWithin { get; set; } = TimeSpan.FromSeconds(15);

    public int Id => _child.Id;
    public bool HasEnded => _child.HasEnded;

    /// <summary>It was started with <see cref="KillAt.NamedLater"/>, and has not been told yet.</summary>
    public bool WaitsForKillPoint { get; private set; }

    /// <summary>The last 2,000 lines that it wrote.</summary>
    public string Output => _child.Output;

    /// <summary>The checkpoint at which it killed itself, with the destination if there was one (<c>reaction.before-commit@module://…</c>); null until then.</summary>
    public string? KilledAt => File.Exists(CheckpointFile(_folder)) ? File.ReadAllText(CheckpointFile(_folder)) : null;

    /// <summary>
    /// Starts a host with <paramref name="settings"/> (<c>["Modules:Orders:Address"] = "…"</c>, passed as environment variables, null unsets one).
    /// A <paramref name="port"/> given stays the caller's, for a host that comes back at the same address.
    /// <paramref name="pool"/>: the address of a <see cref="HostPool"/>, of which its process is then; not with <paramref name="killAt"/>.
    /// </summary>
    public static async Task<HostProcess> StartAsync(IReadOnlyDictionary<string, string?> settings, KillAt? killAt = null, FreePort? port = null, string? program = null, string? pool = null)
    {
        var dll = program ?? HostProgram.Find();
        var address = port ?? FreePort.Take();
        var folder = OwnFolder.Create("host");

        var environment = settings.ToDictionary(setting => setting.Key.Replace(":", "__", StringComparison.Ordinal), setting => setting.Value);
        environment.TryAdd("ASPNETCORE_URLS", $"http://127.0.0.1:{address}");
        if (killAt is not null)
        {
            environment["DOTNET_STARTUP_HOOKS"] = HostProgram.Built("tests/StartupHook", "StartupHook");
            environment["MODULAR_CHECKPOINT_KILL"] = killAt == KillAt.NamedLater ? null : killAt.ToString();
            environment["MODULAR_CHECKPOINT_FILE"] = CheckpointFile(folder);
        }

        IRunning child = pool is not null && killAt is null
            ? await HostTurn.StartAsync(pool, dll, environment)
            : await ChildProcess.StartAsync(new("dotnet", [dll]) { Environment = environment, WorkingFolder = Path.GetDirectoryName(dll)! });
        return new HostProcess(child, address, port is null, folder, killAt == KillAt.NamedLater);
    }

    /// <summary>Starts a host and waits until it is ready.</summary>
    public static async Task<HostProcess> StartReadyAsync(IReadOnlyDictionary<string, string?> settings, KillAt? killAt = null, FreePort? port = null, string? program = null, string? pool = null)
    {
        var host = await StartAsync(settings, killAt, port, program, pool);
        try
        {
            await host.WaitUntilReadyAsync();
            return host;
        }
        catch
        {
            host.Kill();
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns when <c>/health/ready</c> answers 200. Fails with the host's output at once if it ends, or after <paramref name="timeout"/> (60 s).</summary>
    public async Task WaitUntilReadyAsync(TimeSpan? timeout = null)
    {
        try
        {
            await Eventually.Get(ReadinessAsync, status => status == HttpStatusCode.OK, $"the host on port {Port} is ready", timeout ?? TimeSpan.FromSeconds(60));
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}\nIts output ends with:\n{_child.LastOutput(100)}", e);
        }
    }

    /// <summary>It dies when it comes to this point from now on; it was started with <see cref="KillAt.NamedLater"/>.</summary>
    public void DieAt(KillAt point)
    {
        WaitsForKillPoint = false;
        // Whole at once: the host may look at this moment.
        var named = CheckpointFile(_folder) + ".at";
        File.WriteAllText(named + ".new", point.ToString());
        File.Move(named + ".new", named);
    }

    /// <summary>SIGKILL: nothing of it runs any further.</summary>
    public void Kill() => Signal(Signals.Kill);

    /// <summary>Sends a signal, e.g. <see cref="Signals.Stop"/> and <see cref="Signals.Continue"/> to pause it, <see cref="Signals.Terminate"/> to ask it to stop.</summary>
    public void Signal(int number) => _child.Signal(number);

    public Task<ProcessEnd> WaitForExitAsync(TimeSpan? timeout = null) => _child.WaitForExitAsync(timeout);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        var stopped = await _child.StopAsync(Signals.Terminate, StopsWithin);
        Console.WriteLine($"--- host on port {Port}, process {Id}{(KilledAt is { } at ? $", killed at {at}" : "")} ---\n{_child.LastOutput(300)}");
        await _child.DisposeAsync();
        _ownPort?.Dispose();
        _folder.Dispose();

        if (!stopped)
            throw new InvalidOperationException($"The host on port {Port} did not stop within {StopsWithin.TotalSeconds:0.#} s of SIGTERM and was killed. Its output is above.");
    }

    private async Task<HttpStatusCode> ReadinessAsync()
    {
        if (_child.HasEnded)
            throw new NeverException($"The host ended before it was ready, {await _child.WaitForExitAsync()}:\n{_child.Output}");
        using var answer = await Http.GetAsync(new Uri("/health/ready", UriKind.Relative));
        return answer.StatusCode;
    }

    private static string CheckpointFile(OwnFolder folder) => Path.Combine(folder.Path, "checkpoint");
}
