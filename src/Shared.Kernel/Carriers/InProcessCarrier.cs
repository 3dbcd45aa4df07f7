using System.Collections.Concurrent;
using Wolverine;
using Wolverine.Runtime;
using Wolverine.Runtime.Serialization;
using Wolverine.Transports;

namespace Shared.Kernel;

/// <summary>Hands serialised bytes to a neighbour in this process, and answers when the neighbour's inbox has stored them. One per process.</summary>
internal sealed class InProcessCarrier : ICarrier
{
    private readonly ConcurrentDictionary<Uri, Listener> _listeners = new();

    public ICarrierSender OpenSender(ModuleEndpoint destination, IWolverineRuntime runtime) => new Sender(destination.Uri, _listeners);

    public ValueTask<IListener> ListenAsync(ModuleEndpoint destination, IWolverineRuntime runtime, IReceiver receiver) =>
        new(new Listener(destination.Uri, receiver, _listeners));

    private sealed class Sender(Uri destination, ConcurrentDictionary<Uri, Listener> listeners) : ICarrierSender
    {
        public Task<bool> PingAsync() => Task.FromResult(listeners.ContainsKey(destination));

        public async Task<Exception?[]> SendAsync(IReadOnlyList<Envelope> messages)
        {
            if (!listeners.TryGetValue(destination, out var listener)) throw new InvalidOperationException($"{destination} is not listening in this process.");

            var stored = await listener.AcceptAsync(EnvelopeSerializer.Serialize([.. messages]));
            return [.. stored.Select(isStored => isStored ? null : new InvalidOperationException($"{destination} could not store the message."))];
        }

        public ValueTask DisposeAsync() => default;
    }

    private sealed class Listener : AcknowledgingListener
    {
        private readonly ConcurrentDictionary<Uri, Listener> _listeners;
        private volatile bool _stopped;

        public Listener(Uri address, IReceiver receiver, ConcurrentDictionary<Uri, Listener> listeners) : base(address, receiver)
        {
            _listeners = listeners;
            listeners[address] = this;
        }

        public async Task<bool[]> AcceptAsync(byte[] bytes)
        {
            var messages = EnvelopeSerializer.ReadMany(bytes);
            return _stopped ? new bool[messages.Length] : await StoreAsync(messages);
        }

        public override ValueTask StopAsync()
        {
            _stopped = true;
            _listeners.TryRemove(new(Address, this));
            return default;
        }
    }
}

/// <summary>
/// Learns for each message whether the receiver's inbox has stored it: Wolverine's durable receiver answers CompleteAsync once it has, DeferAsync if it could not.
/// That meaning is its behaviour, not a documented contract; CarrierContractTests hold it.
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
