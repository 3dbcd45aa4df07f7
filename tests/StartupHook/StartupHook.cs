using System.Diagnostics;
using System.Runtime.InteropServices;

/// <summary>
/// Kills the process that loads it, by SIGKILL, when the product reaches a named checkpoint:
/// <c>MODULAR_CHECKPOINT_KILL=reaction.before-commit</c>, <c>…@module://inventory/when-order-placed</c> for that destination only, <c>…#3</c> the third time.
/// The checkpoint's name is on disk in <c>MODULAR_CHECKPOINT_FILE</c> before the process dies. The runtime looks for this very class, in no namespace.
/// </summary>
internal static class StartupHook
{
    private const string Variable = "MODULAR_CHECKPOINT_KILL";
    private const string FileVariable = "MODULAR_CHECKPOINT_FILE";

    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } target)
            return;
        var file = Environment.GetEnvironmentVariable(FileVariable) is { Length: > 0 } given
            ? given
            : throw new InvalidOperationException($"{Variable} is set, but {FileVariable}, the file that tells of the kill, is not.");

        // The product makes its listener when it comes to it: every listener, present and future, is offered here.
        DiagnosticListener.AllListeners.Subscribe(new Listeners(Killer.Parse(target, file)));
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

    private sealed class Killer(string name, string? destination, int times, string file) : IObserver<KeyValuePair<string, object?>>
    {
        private int _reached;

        public static Killer Parse(string target, string file)
        {
            var times = 1;
            if (target.Split('#') is [var before, var count])
            {
                target = before;
                if (!int.TryParse(count, out times) || times < 1)
                    throw new InvalidOperationException($"{Variable} counts from 1, not from '{count}': name@destination#count.");
            }
            return target.Split('@', 2) is [var name, var destination] ? new(name, destination, times, file) : new(target, null, times, file);
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (value.Key != name)
                return;
            var reached = value.Value?.GetType().GetProperty("Destination")?.GetValue(value.Value) as string;
            if ((destination is null || reached == destination) && Interlocked.Increment(ref _reached) == times)
                Die(reached);
        }

        public void OnCompleted() { }
        public void OnError(Exception error) { }

        private void Die(string? reached)
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
