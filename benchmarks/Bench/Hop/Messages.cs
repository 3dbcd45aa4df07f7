// The first part of a namespace is the module: so the wire names are those of two modules.
namespace Pinger.Contracts
{
    /// <param name="At">When its publisher began to commit, by the machine's monotonic clock.</param>
    public sealed record Pinged(Guid Id, long At);
}

namespace Bench
{
    using System.Diagnostics;
    using Marten;
    using Marten.Services;
    using Pinger.Contracts;

    /// <summary>What the publisher stores.</summary>
    public sealed record Ping(Guid Id);

    /// <summary>What the reaction stores.</summary>
    public sealed record Pong(Guid Id, long At);

    /// <summary>The reaction, for whoever calls it: the product and Wolverine alike.</summary>
    public static class WhenPinged
    {
        public static Task Handle(Pinged pinged, IDocumentSession db)
        {
            db.Insert(new Pong(pinged.Id, pinged.At));
            return Task.CompletedTask;
        }
    }

    /// <summary>Sees committed reactions; for Marten a listener of sessions.</summary>
    internal sealed class Arrivals : DocumentSessionListenerBase
    {
        private static readonly Lock Lock = new();
        private static readonly List<double> Latencies = [];
        private static TaskCompletionSource _all = new();
        private static int _expected;

        public static void Expect(int events)
        {
            lock (Lock)
            {
                Latencies.Clear();
                (_expected, _all) = (events, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            }
        }

        public static void Committed(long at)
        {
            var latency = Stopwatch.GetElapsedTime(at).TotalMilliseconds;
            lock (Lock)
            {
                Latencies.Add(latency);
                if (Latencies.Count == _expected) _all.SetResult();
            }
        }

        /// <returns>Milliseconds from the publisher's commit to the reaction's, sorted.</returns>
        public static async Task<double[]> AllAsync(TimeSpan patience)
        {
            try
            {
                await _all.Task.WaitAsync(patience);
            }
            catch (TimeoutException)
            {
                lock (Lock) throw new TimeoutException($"{Latencies.Count} of {_expected} events were handled within {patience.TotalSeconds:0} s.");
            }

            lock (Lock) return [.. Latencies.Order()];
        }

        public override Task AfterCommitAsync(IDocumentSession session, IChangeSet commit, CancellationToken token)
        {
            foreach (var pong in commit.Inserted.OfType<Pong>()) Committed(pong.At);
            return Task.CompletedTask;
        }
    }
}
