using System.Diagnostics;
using Marten;
using Marten.Services;

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

    /// <summary>Reached after the session's COMMIT and before its outgoing messages are sent.</summary>
    public static void AfterCommit(IDocumentSession session, string name, Uri? destination)
    {
        if (Listener.IsEnabled()) session.Listeners.Insert(0, new Committed(name, destination));
    }

    private sealed class Committed(string name, Uri? destination) : DocumentSessionListenerBase
    {
        public override Task AfterCommitAsync(IDocumentSession session, IChangeSet commit, CancellationToken token)
        {
            Reached(name, destination);
            return Task.CompletedTask;
        }
    }
}
