using System.Diagnostics;
using System.Runtime.InteropServices;

/// <summary>
/// Kills the process that loads it, by SIGKILL, when the product reaches a named checkpoint:
/// <c>MODULAR_CHECKPOINT_KILL=reaction.before-commit</c>, <c>…@module://inventory/when-order-placed</c> for that destination only, <c>…#3</c> the third time.
/// Without that variable the point may be named while the process runs, in the file <c>MODULAR_CHECKPOINT_FILE</c> with <c>.at</c> behind it.
/// The checkpoint's name is on disk in <c>MODULAR_CHECKPOINT_FILE</c> before the process dies. With <c>MODULAR_HOSTS_IN_TURN</c> it does nothing of this, but runs one
/// host after the other (<see cref="HostsInTurn"/>). The runtime looks for this very class, in no namespace.
/// </summary>
internal static class StartupHook
{
    private const string Variable = "MODULAR_CHECKPOINT_KILL";
    private const string FileVariable = "MODULAR_CHECKPOINT_FILE";

    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(HostsInTurn.Variable) is { } program)
        {
            HostsInTurn.Run(program);
            return;
        }

        if (Environment.GetEnvironmentVariable(FileVariable) is not { Length: > 0 } file)
            throw new InvalidOperationException($"{FileVariable}, the file that tells of the kill, is not set.");
        var target = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given ? Target.Parse(given) : null;

        // The product makes its listener when it comes to it: every listener, present and future, is offered here.
        DiagnosticListener.AllListeners.Subscribe(new Listeners(new Killer(target, file)));
    }

    private sealed class Listeners(Killer killer) : IObserver<DiagnosticListener>
    {
        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == "Modular.Checkpoints")
                value.Subscribe(killer);
        }

        public void OnCompleted() { }
        public void OnError(Exception error) { }
    }

    private sealed record Target(string Name, string? Destination, int Time)
    {
        public static Target Parse(string target)
        {
            var time = 1;
            if (target.Split('#') is [var before, var count])
            {
                target = before;
                if (!int.TryParse(count, out time) || time < 1)
                    throw new InvalidOperationException($"{Variable} counts from 1, not from '{count}': name@destination#count.");
            }
            return target.Split('@', 2) is [var name, var destination] ? new(name, destination, time) : new(target, null, time);
        }
    }

    private sealed class Killer(Target? target, string file) : IObserver<KeyValuePair<string, object?>>
    {
        private readonly string _named = file + ".at";
        private Target? _target = target;
        private int _reached;

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (_target is null && File.Exists(_named)) _target = Target.Parse(File.ReadAllText(_named));
            if (value.Key != _target?.Name)
                return;
            var reached = value.Value?.GetType().GetProperty("Destination")?.GetValue(value.Value) as string;
            if ((_target.Destination is null || reached == _target.Destination) && Interlocked.Increment(ref _reached) == _target.Time)
                Die(_target.Name, reached);
        }

        public void OnCompleted() { }
        public void OnError(Exception error) { }

        private void Die(string name, string? reached)
        {
            using (var told = new FileStream(file, FileMode.Create))
            {
                told.Write(System.Text.Encoding.UTF8.GetBytes(reached is null ? name : $"{name}@{reached}"));
                told.Flush(flushToDisk: true);
            }
            _ = kill(Environment.ProcessId, 9);
        }

#pragma warning disable SYSLIB1054 // Two integers: there is nothing to generate, and unsafe code stays off.
        [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static extern int kill(int process, int signal);
#pragma warning restore SYSLIB1054
    }
}
