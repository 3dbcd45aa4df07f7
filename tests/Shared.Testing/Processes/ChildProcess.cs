using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Shared.Testing;

/// <summary>What to start. <paramref name="User"/> is whom to become when we are root; <paramref name="DeathSignal"/> is what it gets when we die.</summary>
public sealed record ChildCommand(string Program, IReadOnlyList<string> Arguments)
{
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();
    public string WorkingFolder { get; init; } = "/";
    public string? User { get; init; }
    public string DeathSignal { get; init; } = "KILL";
    public string? Input { get; init; }

    /// <summary>Its input stays open, for <see cref="ChildProcess.TellAsync"/>.</summary>
    public bool TakesLines { get; init; }

    /// <summary>Out of reach of Ctrl-C, which goes to every process of the terminal's group.</summary>
    public bool OwnSession { get; init; }

    /// <summary>Told each line as it comes, beside what is kept.</summary>
    public Action<string>? Line { get; init; }
}

/// <summary>How a process ended: 0 to 127 by itself, 128 + n by signal n.</summary>
public readonly record struct ProcessEnd(int Code)
{
    public int? Signal => Code > 128 ? Code - 128 : null;
    public override string ToString() => Signal is { } signal ? $"killed by signal {signal}" : $"exit code {Code}";
}

/// <summary>
/// A process that never outlives this one, even if this one is killed with SIGKILL: the kernel signals it then (PR_SET_PDEATHSIG, set by setpriv of util-linux).
/// Its output is kept in memory, the last lines only.
/// </summary>
public sealed class ChildProcess : IRunning
{
    // The kernel sends the death signal when the *thread* that forked ends, and .NET retires idle pool threads: so all children are started
    // by one thread that lives as long as the process.
    private static readonly BlockingCollection<Action> Starts = [];

    private readonly Process _process;
    private readonly RecentOutput _output = new();
    private readonly Task _outputEnd;

    static ChildProcess() => new Thread(() =>
    {
        foreach (var start in Starts.GetConsumingEnumerable())
            start();
    })
    { IsBackground = true, Name = "starts child processes" }.Start();

    private ChildProcess(Process process, Action<string>? told)
    {
        _process = process;
        _outputEnd = Task.WhenAll(Read(process.StandardOutput, told), Read(process.StandardError, told));
    }

    public int Id => _process.Id;
    public bool HasEnded => _process.HasExited;

    public string Output => _output.ToString();

    public string LastOutput(int lines) => _output.Last(lines);

    public static async Task<ChildProcess> StartAsync(ChildCommand command)
    {
        var info = Describe(command);
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Starts.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(info)!);
            }
            catch (Exception e) when (e is Win32Exception or InvalidOperationException)
            {
                started.SetException(new InvalidOperationException($"'{info.FileName}' could not be started ({e.Message}). On Debian it comes with util-linux.", e));
            }
        });
        var process = await started.Task;
        var child = new ChildProcess(process, command.Line);
        if (command.Input is { } input)
            await process.StandardInput.WriteAsync(input);
        if (!command.TakesLines) process.StandardInput.Close();
        return child;
    }

    /// <summary>Writes a line to its input (<see cref="ChildCommand.TakesLines"/>).</summary>
    public async Task TellAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Runs a short command to its end and returns its output; fails with that output unless it ends with 0.</summary>
    public static async Task<string> RunAsync(ChildCommand command, TimeSpan? timeout = null)
    {
        await using var child = await StartAsync(command);
        var end = await child.WaitForExitAsync(timeout);
        return end.Code == 0
            ? child.Output
            : throw new InvalidOperationException($"'{command.Program} {string.Join(' ', command.Arguments)}' failed, {end}:\n{child.Output}");
    }

    public void Signal(int number)
    {
        if (!_process.HasExited) Signals.Send(_process.Id, number, () => _process.HasExited);
    }

    public async Task<ProcessEnd> WaitForExitAsync(TimeSpan? timeout = null)
    {
        var patience = timeout ?? TimeSpan.FromMinutes(1);
        using var deadline = new CancellationTokenSource(patience);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"Process {_process.Id} did not end within {patience.TotalSeconds:0.#} s:\n{LastOutput(50)}", e);
        }
        // Its own children may hold the streams open after it: what they write later is not waited for.
        await Task.WhenAny(_outputEnd, Task.Delay(TimeSpan.FromSeconds(1)));
        return new ProcessEnd(_process.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        Signal(Signals.Kill);
        await WaitForExitAsync();   // the Process object is kept: how it ended may be asked afterwards
    }

    private static ProcessStartInfo Describe(ChildCommand command)
    {
        var info = new ProcessStartInfo("setpriv")
        {
            WorkingDirectory = command.WorkingFolder,
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        if (command.User is { } user)
            foreach (var argument in (string[])["--reuid", user, "--regid", user, "--init-groups"])
                info.ArgumentList.Add(argument);
        // The shell closes the gap between fork and setpriv: if we died in it, the child has another parent by now and does not begin.
        string[] guard = ["sh", "-c", """[ "$PPID" = "$0" ] && exec "$@" """, $"{System.Environment.ProcessId}"];
        // setsid becomes the program: it forks only where it leads a group, as no child of ours does.
        string[] session = command.OwnSession ? ["setsid"] : [];
        foreach (var argument in (string[])["--pdeathsig", command.DeathSignal, .. guard, .. session, command.Program, .. command.Arguments])
            info.ArgumentList.Add(argument);
        foreach (var (name, value) in command.Environment)
            info.Environment[name] = value;
        return info;
    }

    private async Task Read(StreamReader stream, Action<string>? told)
    {
        while (await stream.ReadLineAsync() is { } line)
        {
            _output.Add(line);
            told?.Invoke(line);
        }
    }
}

/// <summary>The signals that tests send, by their numbers on Linux.</summary>
public static class Signals
{
    public const int Interrupt = 2;
    public const int Quit = 3;
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    /// <summary>After <see cref="Stop"/> none of the process's threads runs any more.</summary>
    internal static void Send(int process, int number, Func<bool> hasEnded)
    {
        _ = kill(process, number);
        // The system stops the threads one by one: those that still run could answer a request meanwhile.
        if (number == Stop && !SpinWait.SpinUntil(() => hasEnded() || IsStopped(process), TimeSpan.FromSeconds(10)))
            throw new InvalidOperationException($"Process {process} did not stop within 10 s of SIGSTOP.");
    }

    // The state is the letter after the program's name, which is in brackets: proc(5).
    private static bool IsStopped(int process) => Directory.GetDirectories($"/proc/{process}/task").All(thread =>
        File.ReadAllText($"{thread}/stat") is var stat && stat[stat.LastIndexOf(')') + 2] is 'T' or 't' or 'Z' or 'X');

#pragma warning disable SYSLIB1054 // Two integers: there is nothing to generate, and unsafe code stays off.
    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int kill(int process, int signal);
#pragma warning restore SYSLIB1054
}
