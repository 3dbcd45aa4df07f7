using Wolverine;
using Wolverine.Transports;

namespace Shared.Kernel;

/// <summary>
/// What takes serialised messages from one module to another: the same bytes, whatever the carrier. It is configuration: no row, inbox identity or dead letter names it.
/// </summary>
internal interface ICarrier : IAsyncDisposable
{
    /// <summary>Opens the way to a destination. Nothing is contacted before the first send.</summary>
    ICarrierSender OpenSender(Uri destination);

    /// <summary>Starts to take messages for a destination. The carrier forgets a message only when the receiver's inbox has stored it.</summary>
    IListener Listen(Uri destination, IReceiver receiver);

    /// <summary>How many messages it holds for a destination.</summary>
    Task<long> WaitingAsync(Uri destination);
}

internal interface ICarrierSender : IAsyncDisposable
{
    /// <summary>Whether the way is open; called while sending is suspended after failures.</summary>
    Task<bool> PingAsync();

    /// <summary>Hands messages over. The answer at i is null once message i is <em>accepted</em>: stored by the receiver's inbox or by a durable carrier.</summary>
    Task<Exception?[]> SendAsync(IReadOnlyList<Envelope> messages);
}

/// <summary>One module's carriers, by the topology: which one takes a message to whom, and on which ones it listens.</summary>
internal sealed class ModuleCarriers(Topology topology, InProcessCarrier inProcess, Func<Carrier, ICarrier> open) : IAsyncDisposable
{
    private readonly Dictionary<Carrier, ICarrier> _shared = Enum.GetValues<Carrier>().Where(carrier => carrier != Carrier.None && topology.Uses(carrier)).ToDictionary(carrier => carrier, open);

    public ICarrier To(string module) => topology.HandsOverInProcess(module) ? inProcess : _shared[topology.Carrier];

    /// <summary>In process and the shared one, and the ones used before that are being drained.</summary>
    public IEnumerable<ICarrier> Listening => _shared.Values.Prepend(inProcess);

    /// <summary>How many messages a shared carrier holds for these destinations; more than none if it cannot be asked.</summary>
    public async Task<long> WaitingAsync(Carrier carrier, IReadOnlyList<Uri> destinations)
    {
        try
        {
            return (await Task.WhenAll(destinations.Select(_shared[carrier].WaitingAsync))).Sum();
        }
        catch (Exception)
        {
            // Whatever keeps it from answering: it counts as holding something, and is drained once more.
            return long.MaxValue;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var carrier in _shared.Values) await carrier.DisposeAsync();
    }
}
