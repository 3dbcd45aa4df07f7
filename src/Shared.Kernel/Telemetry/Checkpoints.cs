using System.Diagnostics;

namespace Shared.Kernel;

/// <summary>
/// Named moments on the write and message paths, offered to whoever subscribes to the diagnostic listener <c>Modular.Checkpoints</c>: tests end the process there.
/// Nobody listens in production, and then a checkpoint costs one comparison.
/// </summary>
internal static class Checkpoints
{
    private static readonly DiagnosticListener Listener = new("Modular.Checkpoints");

    public static void Reached(string name, Uri? destination)
    {
        if (Listener.IsEnabled()) Listener.Write(name, new { Destination = destination?.ToString() });
    }
}
