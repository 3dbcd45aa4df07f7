using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Wolverine;
using Wolverine.Runtime.Serialization;
using Wolverine.Transports;

namespace Shared.Kernel;

/// <summary>
/// A quorum queue for each destination, declared by its owner. What is published is persistent, confirmed and mandatory: a message to a queue that is not there
/// stays with its publisher.
/// </summary>
/// <param name="declares">False where the program may not: the queues come from <c>./modular definitions</c>.</param>
internal sealed class RabbitMqCarrier(string module, Uri broker, bool declares, ILoggerFactory logging) : ICarrier
{
    // Of two connections a broker in alarm stops the one that publishes; the other goes on.
    private readonly RabbitMqConnection _sends = new(broker, $"{module} sends"), _listens = new(broker, $"{module} listens");

    public ICarrierSender OpenSender(Uri destination) => new Sender(RabbitMqQueue.NameOf(destination), _sends);

    public IListener Listen(Uri destination, IReceiver receiver) =>
        new RabbitMqListener(destination, receiver, _listens, declares, logging.CreateLogger<RabbitMqListener>()).Start();

    public async Task<long> WaitingAsync(Uri destination)
    {
        await using var channel = await _listens.ChannelAsync();
        return (await channel.QueueDeclarePassiveAsync(RabbitMqQueue.NameOf(destination))).MessageCount;
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(_sends.DisposeAsync().AsTask(), _listens.DisposeAsync().AsTask());

    private sealed class Sender(string queue, RabbitMqConnection connection) : ICarrierSender
    {
        private static readonly TimeSpan ConfirmPatience = TimeSpan.FromSeconds(10);

        private readonly OnDemand<IChannel> _channel = new(connection.ChannelAsync, channel => channel.IsOpen);

        public async Task<bool> PingAsync()
        {
            await using var channel = await connection.ChannelAsync();
            await channel.QueueDeclarePassiveAsync(queue);
            return true;
        }

        public async Task<Exception?[]> SendAsync(IReadOnlyList<Envelope> messages)
        {
            var channel = await _channel.GetAsync();
            return await Task.WhenAll(messages.Select(message => PublishAsync(channel, message)));
        }

        public ValueTask DisposeAsync() => _channel.DisposeAsync();

        private async Task<Exception?> PublishAsync(IChannel channel, Envelope message)
        {
            try
            {
                var properties = new BasicProperties { Persistent = true, MessageId = message.Id.ToString(), Type = message.MessageType };
                using var patience = new CancellationTokenSource(ConfirmPatience);
                await channel.BasicPublishAsync("", queue, mandatory: true, properties, EnvelopeSerializer.Serialize(message), patience.Token);
                return null;
            }
            catch (PublishException fault) when (fault.IsReturn)
            {
                return new InvalidOperationException($"The queue {queue} is not there: its owner has not declared it yet, or somebody has deleted it.");
            }
            catch (Exception fault)
            {
                return fault;
            }
        }
    }
}

/// <summary>One connection to the broker, opened when it is needed and again when it was lost.</summary>
internal sealed class RabbitMqConnection(Uri broker, string name) : IAsyncDisposable
{
    /// <summary>For an answer of the broker's. Who waits for longer is deaf, and does not stop.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly CreateChannelOptions Confirmed = new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);

    private readonly OnDemand<IConnection> _connection = new(cancellation => new ConnectionFactory
    {
        Uri = broker,
        // What was in hand is decided by the outbox and the inbox, not by a client that opens everything again.
        AutomaticRecoveryEnabled = false,
        RequestedHeartbeat = TimeSpan.FromSeconds(5),
        ContinuationTimeout = Patience,
        ClientProvidedName = name,
    }.CreateConnectionAsync(cancellation), connection => connection.IsOpen);

    public async Task<IChannel> ChannelAsync(CancellationToken cancellation = default) => await (await _connection.GetAsync(cancellation)).CreateChannelAsync(Confirmed, cancellation);

    /// <summary>Closes something in order, unless the broker does not answer: a queue without a leader keeps its channel open, and that its connection.</summary>
    public static Task CloseAsync(IAsyncDisposable opened) => Task.WhenAny(opened.DisposeAsync().AsTask(), Task.Delay(Patience, CancellationToken.None));

    public async ValueTask DisposeAsync() => await CloseAsync(_connection);
}
