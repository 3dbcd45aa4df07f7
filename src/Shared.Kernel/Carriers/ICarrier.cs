using Wolverine;
using Wolverine.Runtime;
using Wolverine.Transports;

namespace Shared.Kernel;

/// <summary>
/// What takes serialised messages from one module to another. It is configuration: no row, inbox identity or dead letter names it.
/// </summary>
internal interface ICarrier
{
    /// <summary>Opens the way to a destination. Nothing is contacted before the first send.</summary>
    ICarrierSender OpenSender(ModuleEndpoint destination, IWolverineRuntime runtime);

    /// <summary>Starts to take messages for a destination. The carrier forgets a message only when the receiver's inbox has stored it.</summary>
    ValueTask<IListener> ListenAsync(ModuleEndpoint destination, IWolverineRuntime runtime, IReceiver receiver);
}

internal interface ICarrierSender : IAsyncDisposable
{
    /// <summary>Whether the way is open; called while sending is suspended after failures.</summary>
    Task<bool> PingAsync();

    /// <summary>Hands messages over. The answer at i is null once message i is <em>accepted</em>: stored by the receiver's inbox or by a durable carrier.</summary>
    Task<Exception?[]> SendAsync(IReadOnlyList<Envelope> messages);
}
