using System.Collections.Concurrent;
using Wolverine;
using Wolverine.Runtime.Serialization;
using Wolverine.Transports;

namespace Shared.Kernel;

/// <summary>Hands serialised bytes to a neighbour in this process, and answers when the neighbour's inbox has stored them. One per process.</summary>
internal sealed class InProcessCarrier : ICarrier
{
    // A neighbour that starts, or begins to listen anew, is not there for a moment.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5), BetweenLooks = TimeSpan.FromMilliseconds(10);

    private readonly ConcurrentDictionary<Uri, Listener> _listeners = new();

    public ICarrierSender OpenSender(Uri destination) => new Sender(destination, _listeners);

    public IListener Listen(Uri destination, IReceiver receiver) => new Listener(destination, receiver, _listeners);

    public Task<long> WaitingAsync(Uri destination) => Task.FromResult(0L);

    public ValueTask DisposeAsync() => default;

    private sealed class Sender(Uri destination, ConcurrentDictionary<Uri, Listener> listeners) : ICarrierSender
    {
        public Task<bool> PingAsync() => Task.FromResult(listeners.ContainsKey(destination));

        public async Task<Exception?[]> SendAsync(IReadOnlyList<Envelope> messages)
        {
            var begun = TimeProvider.System.GetTimestamp();
            Listener? listener;
            while (!listeners.TryGetValue(destination, out listener))
            {
                if (TimeProvider.System.GetElapsedTime(begun) > Patience) throw new InvalidOperationException($"{destination} is not listening in this process.");
                await Task.Delay(BetweenLooks);
            }

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
