using System.Runtime.InteropServices;

namespace Launcher;

/// <summary>The first Ctrl-C (or SIGTERM) asks to stop in order, the second ends the launcher, and with it at once whatever it started.</summary>
internal sealed class Interrupts : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _signals;

    public Interrupts() => _signals = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, Take))];

    public CancellationToken Stop => _stop.Token;

    public void Dispose()
    {
        foreach (var signal in _signals) signal.Dispose();
        _stop.Dispose();
    }

    private void Take(PosixSignalContext signal)
    {
        signal.Cancel = true;
        if (_stop.IsCancellationRequested) Environment.Exit(130);

        Console.WriteLine("Stopping: the gateway first, then the modules, then the servers. Once more kills them.");
        _ = _stop.CancelAsync();
    }
}
