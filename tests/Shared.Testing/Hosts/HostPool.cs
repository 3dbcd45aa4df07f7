using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;

namespace Shared.Testing;

/// <summary>
/// Processes that run one host after the other (tests/StartupHook), for all test projects of a run: a host that stopped in order leaves its process, and all that was
/// compiled in it, to the next, which starts with an eighth of the CPU (decision 18). A host that is killed or fails ends its process, and so does a test project that ends.
/// </summary>
/// <remarks>Who wants a host connects to a socket and sends its program and environment; back come the process's number, what it writes, and how it ended.</remarks>
public sealed class HostPool : IAsyncDisposable
{
    /// <summary>Environment variable with the socket's path. Without it every host has a process of its own.</summary>
    public const string Variable = "MODULAR_HOST_POOL";

    /// <summary>What the startup hook writes, in both streams, when a host has ended; and the last line to its follower.</summary>
    internal const string EndLine = "--- ended with exit code ";

    private const string ProgramVariable = "MODULAR_HOSTS_IN_TURN";

    /// <summary>Never more than were used at the same time.</summary>
    private readonly List<Seat> _free = [];
    private readonly OwnFolder _folder = OwnFolder.Create("hosts");
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _serving;

    private HostPool()
    {
        Address = Path.Combine(_folder.Path, "socket");
        _listener.Bind(new UnixDomainSocketEndPoint(Address));
        _listener.Listen(64);
        _serving = ServeAsync();
    }

    /// <summary>The one of this run, if it has one.</summary>
    public static string? OfRun { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path ? path : null;

    /// <summary>The path of its socket.</summary>
    public string Address { get; }

    public static HostPool Open() => new();

    public async ValueTask DisposeAsync()
    {
        if (_closing.IsCancellationRequested) return;
        await _closing.CancelAsync();
        await _serving;
        _listener.Dispose();
        foreach (var seat in _free) await seat.Process.DisposeAsync();
        _folder.Dispose();
    }

    private async Task ServeAsync()
    {
        var turns = new List<Task>();
        try
        {
            while (true) turns.Add(ServeAsync(await _listener.AcceptAsync(_closing.Token)));
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested) { }

        await Task.WhenAll(turns);
    }

    private async Task ServeAsync(Socket client)
    {
        await using var stream = new NetworkStream(client, ownsSocket: true);
        using var asked = new StreamReader(stream);
        await using var follower = new StreamWriter(stream) { AutoFlush = true };
        if (await asked.ReadLineAsync() is not { } line) return;
        var wish = JsonSerializer.Deserialize<Wish>(line)!;
        var seat = Take(wish) ?? await Seat.StartAsync(wish.Dll);
        await follower.WriteLineAsync(seat.Process.Id.ToString(CultureInfo.InvariantCulture));
        // It says no more, and is gone when this ends.
        var left = asked.ReadLineAsync(_closing.Token).AsTask();
        var code = await seat.RunAsync(wish, follower, left);
        if (code == 0) GiveBack(seat);
        else await seat.Process.DisposeAsync();
        if (!left.IsCompleted || left.IsCanceled) await follower.WriteLineAsync($"{EndLine}{code}");
    }

    /// <summary>One that ran the same modules has compiled most for it.</summary>
    private Seat? Take(Wish wish)
    {
        lock (_free)
        {
            _free.RemoveAll(seat => seat.Process.HasEnded);
            var seat = _free.FindLast(seat => seat.Dll == wish.Dll && seat.Modules == wish.Modules) ?? _free.FindLast(seat => seat.Dll == wish.Dll);
            if (seat is not null) _free.Remove(seat);
            return seat;
        }
    }

    private void GiveBack(Seat seat)
    {
        lock (_free) _free.Add(seat);
    }

    internal sealed record Wish(string Dll, IReadOnlyDictionary<string, string?> Environment)
    {
        public string? Modules => Environment.GetValueOrDefault("Modules");
    }

    /// <summary>A process, and who follows its present turn.</summary>
    private sealed class Seat
    {
        private readonly Lock _lock = new();
        private StreamWriter? _follower;
        private TaskCompletionSource<int> _end = new();
        private int _streamsEnded;

        public required string Dll { get; init; }

        public string? Modules { get; private set; }

        public ChildProcess Process { get; private set; } = null!;

        public static async Task<Seat> StartAsync(string dll)
        {
            var seat = new Seat { Dll = dll };
            seat.Process = await ChildProcess.StartAsync(new("dotnet", [dll])
            {
                Environment = new Dictionary<string, string?> { ["DOTNET_STARTUP_HOOKS"] = HostProgram.Built("tests/StartupHook", "StartupHook"), [ProgramVariable] = Path.GetFileNameWithoutExtension(dll) },
                WorkingFolder = Path.GetDirectoryName(dll)!,
                TakesLines = true,
                Line = seat.Told,
            });
            return seat;
        }

        /// <summary>Returns the exit code. The process is killed if its follower goes before the host ends.</summary>
        public async Task<int> RunAsync(Wish wish, StreamWriter follower, Task followerLeft)
        {
            Modules = wish.Modules;
            var end = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_lock) (_follower, _end, _streamsEnded) = (follower, end, 0);
            await Process.TellAsync(JsonSerializer.Serialize(wish.Environment));

            var exit = Process.WaitForExitAsync(Timeout.InfiniteTimeSpan);
            if (await Task.WhenAny(end.Task, exit, followerLeft) == followerLeft) Process.Signal(Signals.Kill);
            var code = await Task.WhenAny(end.Task, exit) == exit ? (await exit).Code : await end.Task;
            lock (_lock) _follower = null;
            return code;
        }

        private void Told(string line)
        {
            lock (_lock)
            {
                if (line.StartsWith(EndLine, StringComparison.Ordinal))
                {
                    if (++_streamsEnded == 2) _end.TrySetResult(int.Parse(line.AsSpan(EndLine.Length), CultureInfo.InvariantCulture));
                    return;
                }

                try { _follower?.WriteLine(line); }
                catch (IOException) { _follower = null; }   // It has gone: its host is killed.
            }
        }
    }
}
