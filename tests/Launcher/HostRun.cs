using System.Net;
using Shared.Testing;

namespace Launcher;

/// <summary>One host, started again when it dies, as an orchestrator would, at its own address.</summary>
internal sealed class HostRun : IAsyncDisposable
{
    private static readonly TimeSpan UntilReady = TimeSpan.FromMinutes(2), Grace = TimeSpan.FromSeconds(30), FirstPause = TimeSpan.FromSeconds(1), LongestPause = TimeSpan.FromSeconds(30);

    private readonly string _program;
    private readonly IReadOnlyList<string> _arguments;
    private readonly Dictionary<string, string?> _environment;
    private readonly BoundedLog _log;
    private readonly Action _changed;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly CancellationTokenSource _stop = new();
    private ChildProcess? _process;
    private Task _life = Task.CompletedTask;

    /// <param name="arguments">The settings that a person gave.</param>
    /// <param name="settings">The settings by which it has its place.</param>
    /// <param name="changed">Called when its process is another one.</param>
    public HostRun(string name, Uri address, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> settings, BoundedLog log, Action changed)
    {
        (Name, Address, _program, _arguments, _log, _changed) = (name, address, HostProgram.Find(), arguments, log, changed);
        _environment = settings.ToDictionary(setting => setting.Key.Replace(":", "__", StringComparison.Ordinal), setting => setting.Value);
        _environment["ASPNETCORE_URLS"] = null;
    }

    public string Name { get; }

    public Uri Address { get; }

    public string Log => _log.Path;

    public int? Process => _process is { HasEnded: false } process ? process.Id : null;

    /// <summary>Returns when it is ready for the first time; from then on it is started again whenever it ends.</summary>
    /// <exception cref="NeverException">It ended instead, as it does if its settings are wrong.</exception>
    public async Task StartAsync()
    {
        await BeginAsync();
        await ReadyAsync();
        _life = LiveAsync();
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _life;
        if (_process is { HasEnded: false } process && !await process.StopAsync(Signals.Terminate, Grace))
            Console.WriteLine($"  {Name} did not stop within {Grace.TotalSeconds:0} s and was killed. Its last lines are in {Log}.");
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_process is not null) await _process.DisposeAsync();
        _http.Dispose();
        _log.Dispose();
        _stop.Dispose();
    }

    private async Task LiveAsync()
    {
        var pause = FirstPause;
        while (true)
        {
            var ended = _process!.WaitForExitAsync(Timeout.InfiniteTimeSpan);
            if (await Task.WhenAny(ended, Task.Delay(Timeout.Infinite, _stop.Token)) != ended) return;

            _changed();
            Console.WriteLine($"  {Name} (process {_process.Id}) has ended: {await ended}. It is started again in {pause.TotalSeconds:0} s. Its last lines:\n{Indented(_process.LastOutput(10))}");
            try
            {
                await Task.Delay(pause, _stop.Token);
                await BeginAsync();
                await ReadyAsync().WaitAsync(_stop.Token);
                Console.WriteLine($"  {Name} is back: process {_process.Id}.");
                pause = FirstPause;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception fault) when (fault is NeverException or TimeoutException)
            {
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    private async Task BeginAsync()
    {
        _process = await ChildProcess.StartAsync(new("dotnet", [_program, .. _arguments])
        {
            Environment = _environment, WorkingFolder = Path.GetDirectoryName(_program)!, OwnSession = true, Line = _log.Write,
        });
        _changed();
    }

    private Task<HttpStatusCode> ReadyAsync() => Eventually.Get(async () =>
    {
        if (_process!.HasEnded) throw new NeverException($"The host '{Name}' ended before it was ready, {await _process.WaitForExitAsync()}:\n{Indented(_process.LastOutput(20))}");
        using var answer = await _http.GetAsync(new Uri(Address, "/health/ready"));
        return answer.StatusCode;
    }, status => status == HttpStatusCode.OK, $"the host '{Name}' is ready (its log is {Log})", UntilReady);

    private static string Indented(string lines) => "    " + lines.ReplaceLineEndings("\n    ");
}
