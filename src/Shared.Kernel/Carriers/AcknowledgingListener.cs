using System.Collections.Concurrent;
using Wolverine;
using Wolverine.Runtime;
using Wolverine.Transports;

namespace Shared.Kernel;

/// <summary>
/// Learns for each message whether the receiver's inbox has stored it: Wolverine's durable receiver answers CompleteAsync once it has, DeferAsync if it could not.
/// That meaning is its behaviour, not a documented contract; DeliveryContract holds it.
/// </summary>
internal abstract class AcknowledgingListener(Uri address, IReceiver receiver) : IListener
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<Envelope, TaskCompletionSource<bool>> _pending = new(ReferenceEqualityComparer.Instance);

    public Uri Address => address;

    public IHandlerPipeline? Pipeline => receiver.Pipeline;

    /// <summary>Whether each message is stored; one that is not answered in time counts as not stored and will be offered again.</summary>
    protected async Task<bool[]> StoreAsync(Envelope[] messages)
    {
        var answers = messages.Select(message => _pending[message] = new(TaskCreationOptions.RunContinuationsAsynchronously)).Select(answer => answer.Task).ToArray();
        try
        {
            await receiver.ReceivedAsync(this, messages);
            try { await Task.WhenAll(answers).WaitAsync(Patience); }
            catch (TimeoutException) { /* What is not answered by now is not stored, as far as the sender may know. */ }

            var stored = new bool[messages.Length];
            for (var i = 0; i < stored.Length; i++) stored[i] = answers[i].IsCompleted && await answers[i];
            return stored;
        }
        finally
        {
            foreach (var message in messages) _pending.TryRemove(message, out _);
        }
    }

    public ValueTask CompleteAsync(Envelope envelope) => Answer(envelope, stored: true);

    public ValueTask DeferAsync(Envelope envelope) => Answer(envelope, stored: false);

    public abstract ValueTask StopAsync();

    public ValueTask DisposeAsync() => StopAsync();

    private ValueTask Answer(Envelope envelope, bool stored)
    {
        if (_pending.TryGetValue(envelope, out var answer)) answer.TrySetResult(stored);
        return default;
    }
}
