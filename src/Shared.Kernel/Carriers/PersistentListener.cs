using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Wolverine;
using Wolverine.Runtime.Serialization;
using Wolverine.Transports;

namespace Shared.Kernel;

/// <summary>Listens for as long as it is not stopped: when the way is lost, it is sought again.</summary>
internal abstract partial class PersistentListener(Uri address, IReceiver receiver, ILogger logger) : AcknowledgingListener(address, receiver), IReportConnectionState
{
    protected static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    public TransportConnectionState ConnectionState { get; private set; } = TransportConnectionState.Unknown;

    public PersistentListener Start()
    {
        _running = Task.Run(RunAsync);
        return this;
    }

    /// <summary>Ends when what is in hand is stored or given back.</summary>
    public override async ValueTask StopAsync()
    {
        await _stopping.CancelAsync();
        await _running;
    }

    /// <summary>Takes messages until it is stopped; throws when the way is lost.</summary>
    protected abstract Task TakeAsync(CancellationToken stopping);

    protected void Opened() => ConnectionState = TransportConnectionState.Connected;

    /// <summary>The message as it was sent. Bytes that are no message become one of an unknown kind, which ends as a dead letter with them.</summary>
    protected static Envelope Read(byte[] bytes)
    {
        try
        {
            return EnvelopeSerializer.Deserialize(bytes);
        }
        catch (Exception)
        {
            // Wolverine's reader throws whatever the bytes lead it to. The same bytes have the same identity, so that a second copy is a duplicate.
            return new Envelope { Id = new Guid(SHA256.HashData(bytes).AsSpan(0, 16)), Data = bytes, MessageType = "unreadable", ContentType = "application/octet-stream", SentAt = TimeProvider.System.GetUtcNow() };
        }
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await TakeAsync(_stopping.Token);
            }
            catch (Exception) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                ConnectionState = TransportConnectionState.Disconnected;
                LogLost(Address, fault.Message);
                await Task.Delay(Pause, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Destination} cannot take messages from its carrier now and tries again: {Fault}")]
    private partial void LogLost(Uri destination, string fault);
}
