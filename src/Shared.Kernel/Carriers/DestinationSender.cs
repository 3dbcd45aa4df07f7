using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Wolverine;
using Wolverine.Runtime;
using Wolverine.Transports;
using Wolverine.Transports.Sending;

namespace Shared.Kernel;

/// <summary>Sends what is waiting for one destination, at most a batch at a time and without a timer; outgoing rows are forgotten only once accepted.</summary>
internal sealed partial class DestinationSender(ModuleEndpoint endpoint, ICarrierSender carrier, IWolverineRuntime runtime) : ISender, ISenderRequiresCallback, IAsyncDisposable
{
    private const int Pumps = 2;

    private readonly Channel<Envelope> _waiting = Channel.CreateUnbounded<Envelope>();
    private readonly ConcurrentDictionary<Guid, bool> _inHand = new();
    private readonly ILogger _logger = runtime.LoggerFactory.CreateLogger<DestinationSender>();
    private readonly CancellationToken _stopping = runtime.Cancellation;
    private ISenderCallback? _callback;

    public Uri Destination => endpoint.Uri;

    public bool SupportsNativeScheduledSend => false;

    public Task<bool> PingAsync() => carrier.PingAsync();

    // Outgoing rows that wait for long are offered again: behind a slow destination they are in hand already.
    public ValueTask SendAsync(Envelope envelope) => _inHand.TryAdd(envelope.Id, true) ? _waiting.Writer.WriteAsync(envelope, _stopping) : default;

    public void RegisterCallback(ISenderCallback senderCallback)
    {
        _callback = senderCallback;
        for (var i = 0; i < Pumps; i++) _ = Task.Run(PumpAsync, CancellationToken.None);
    }

    public void Dispose() => _waiting.Writer.TryComplete();

    public ValueTask DisposeAsync()
    {
        Dispose();
        return carrier.DisposeAsync();
    }

    private async Task PumpAsync()
    {
        try
        {
            while (await _waiting.Reader.WaitToReadAsync(_stopping))
            {
                var batch = new List<Envelope>();
                while (batch.Count < endpoint.MessageBatchSize && _waiting.Reader.TryRead(out var envelope)) batch.Add(envelope);
                if (batch.Count > 0) await HandOverAsync(batch);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The outgoing rows stay, and are offered again by whoever owns them next.
        }
    }

    private async Task HandOverAsync(List<Envelope> batch)
    {
        Checkpoints.Reached("send.before-carrier", Destination);
        var answers = await AnswersAsync(batch);
        foreach (var envelope in batch) _inHand.TryRemove(envelope.Id, out _);
        var accepted = batch.Where((_, i) => answers[i] is null).ToList();
        var refused = batch.Where((_, i) => answers[i] is not null).ToList();
        if (accepted.Count > 0) Checkpoints.Reached("send.accepted", Destination);

        try
        {
            if (accepted.Count > 0) await _callback!.MarkSuccessfulAsync(new OutgoingMessageBatch(Destination, accepted));
            if (accepted.Count > 0) Checkpoints.Reached("send.forgotten", Destination);
            if (refused.Count > 0) await _callback!.MarkProcessingFailureAsync(new OutgoingMessageBatch(Destination, refused), answers.First(answer => answer is not null));
        }
        catch (Exception fault) when (!_stopping.IsCancellationRequested)
        {
            // The rows stay and are sent again: the receiver's inbox refuses the second copy.
            LogNotForgotten(fault, accepted.Count, Destination);
        }
    }

    private async Task<Exception?[]> AnswersAsync(List<Envelope> batch)
    {
        try
        {
            foreach (var envelope in batch) envelope.Data ??= envelope.Serializer!.Write(envelope);
            return await carrier.SendAsync(batch);
        }
        catch (Exception fault) when (!_stopping.IsCancellationRequested)
        {
            return [.. batch.Select(_ => fault)];
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Count} messages were accepted by {Destination} but their outgoing rows could not be removed.")]
    private partial void LogNotForgotten(Exception fault, int count, Uri destination);
}
