using System.Collections.Concurrent;
using Wolverine;
using Wolverine.Configuration;
using Wolverine.Runtime;
using Wolverine.Runtime.WorkerQueues;
using Wolverine.Transports;
using Wolverine.Transports.Sending;

namespace Shared.Kernel;

/// <summary>
/// The one Wolverine transport between modules: <c>module://inventory/when-order-placed</c>. Outgoing rows, inbox identity and dead letters know this
/// logical address only, so that a row written under one topology is delivered under the next.
/// </summary>
internal sealed class ModuleTransport(ModuleCarriers carriers)
    : TransportBase<ModuleEndpoint>(Scheme, "Between modules", [Scheme])
{
    public const string Scheme = "module";

    private readonly ConcurrentDictionary<Uri, ModuleEndpoint> _endpoints = new();

    /// <summary>The logical address of a destination.</summary>
    public static Uri Address(string module, string destination) => new($"{Scheme}://{module}/{destination}");

    protected override IEnumerable<ModuleEndpoint> endpoints() => _endpoints.Values;

    protected override ModuleEndpoint findEndpointByUri(Uri uri) => _endpoints.GetOrAdd(uri, address => new ModuleEndpoint(address, carriers));
}

/// <summary>A destination, always durable.</summary>
internal sealed class ModuleEndpoint : Endpoint
{
    private readonly ModuleCarriers _carriers;

    public ModuleEndpoint(Uri address, ModuleCarriers carriers) : base(address, EndpointRole.Application)
    {
        _carriers = carriers;
        Mode = EndpointMode.Durable;
        EndpointName = $"{address.Host}{address.AbsolutePath.Replace('/', '.')}";
        BrokerRole = "destination";
        MaximumEnvelopeRetryStorage = 1000;
    }

    protected override bool supportsMode(EndpointMode mode) => mode == EndpointMode.Durable;

    protected override ISender CreateSender(IWolverineRuntime runtime) => new DestinationSender(this, _carriers.To(Uri.Host).OpenSender(Uri), runtime);

    public override ValueTask<IListener> BuildListenerAsync(IWolverineRuntime runtime, IReceiver receiver)
    {
        var listener = new DestinationListener(Uri);
        foreach (var carrier in _carriers.Listening) listener.Inner.Add(carrier.Listen(Uri, new LogicalReceiver(Uri, receiver)));
        return new(listener);
    }
}

/// <summary>Several carriers listened to at once, while a topology changes.</summary>
internal sealed class DestinationListener(Uri address) : CompoundListener(address), IReportConnectionState
{
    // The worst of the carriers, or a lost broker would hide behind the in-process one.
    public TransportConnectionState ConnectionState =>
        Inner.OfType<IReportConnectionState>().Select(listener => listener.ConnectionState).DefaultIfEmpty(TransportConnectionState.Connected).Max();
}

/// <summary>
/// Between a carrier's listener and Wolverine's receiver: whatever the carrier, the message was received at its logical address.
/// It stores no more while the destination has enough in memory, and after a time answers that it could not: Wolverine looks every two seconds only, stops a listener that has 1,000, and begins again at a later look.
/// </summary>
internal sealed class LogicalReceiver(Uri address, IReceiver inner) : IReceiver
{
    private const int Enough = 500;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15), BetweenLooks = TimeSpan.FromMilliseconds(10);

    private readonly ConcurrentDictionary<IListener, LogicalListener> _listeners = new(ReferenceEqualityComparer.Instance);

    public IHandlerPipeline Pipeline => inner.Pipeline;

    public async ValueTask ReceivedAsync(IListener listener, Envelope[] messages)
    {
        for (var begun = TimeProvider.System.GetTimestamp(); inner is ILocalQueue { QueueCount: > Enough }; await Task.Delay(BetweenLooks))
        {
            if (TimeProvider.System.GetElapsedTime(begun) < Patience) continue;
            foreach (var message in messages) await listener.DeferAsync(message);
            return;
        }

        Checkpoints.Reached("receive.before-inbox", address);
        await inner.ReceivedAsync(Logical(listener), messages);
    }

    public ValueTask ReceivedAsync(IListener listener, Envelope message) => ReceivedAsync(listener, [message]);

    public ValueTask DrainAsync() => inner.DrainAsync();

    // Wolverine made the inner receiver and disposes it.
    public void Dispose() { }

    private LogicalListener Logical(IListener listener) => _listeners.GetOrAdd(listener, carried => new LogicalListener(address, carried));
}

internal sealed class LogicalListener(Uri address, IListener inner) : IListener
{
    public Uri Address => address;

    public IHandlerPipeline? Pipeline => inner.Pipeline;

    public async ValueTask CompleteAsync(Envelope envelope)
    {
        Checkpoints.Reached("receive.stored", address);
        await inner.CompleteAsync(envelope);
        Checkpoints.Reached("receive.acknowledged", address);
    }

    public ValueTask DeferAsync(Envelope envelope) => inner.DeferAsync(envelope);

    public Task<bool> TryRequeueAsync(Envelope envelope) => inner.TryRequeueAsync(envelope);

    public ValueTask StopAsync() => inner.StopAsync();

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
