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

    public async ValueTask DisposeAsync()
    {
        await _sends.DisposeAsync();
        await _listens.DisposeAsync();
    }

    private sealed class Sender(string queue, RabbitMqConnection connection) : ICarrierSender
    {
        private static readonly TimeSpan ConfirmPatience = TimeSpan.FromSeconds(10);

        private readonly SemaphoreSlim _opening = new(1, 1);
        private IChannel? _channel;

        public async Task<bool> PingAsync()
        {
            await using var channel = await connection.ChannelAsync();
            await channel.QueueDeclarePassiveAsync(queue);
            return true;
        }

        public async Task<Exception?[]> SendAsync(IReadOnlyList<Envelope> messages)
        {
            var channel = await OpenAsync();
            return await Task.WhenAll(messages.Select(message => PublishAsync(channel, message)));
        }

        public async ValueTask DisposeAsync()
        {
            if (_channel is not null) await _channel.DisposeAsync();
            _opening.Dispose();
        }

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

        private async Task<IChannel> OpenAsync()
        {
            if (_channel is { IsOpen: true } open) return open;

            await _opening.WaitAsync();
            try
            {
                if (_channel is { IsOpen: true } opened) return opened;

                if (_channel is not null) await _channel.DisposeAsync();
                return _channel = await connection.ChannelAsync();
            }
            finally
            {
                _opening.Release();
            }
        }
    }
}

/// <summary>One connection to the broker, opened when it is needed and again when it was lost.</summary>
internal sealed class RabbitMqConnection(Uri broker, string name) : IAsyncDisposable
{
    private static readonly CreateChannelOptions Confirmed = new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);

    private readonly SemaphoreSlim _opening = new(1, 1);
    private IConnection? _connection;

    public async Task<IChannel> ChannelAsync() => await (await OpenAsync()).CreateChannelAsync(Confirmed);

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null) await _connection.DisposeAsync();
        _opening.Dispose();
    }

    private async Task<IConnection> OpenAsync()
    {
        await _opening.WaitAsync();
        try
        {
            if (_connection is { IsOpen: true } open) return open;

            if (_connection is not null) await _connection.DisposeAsync();
            return _connection = await new ConnectionFactory
            {
                Uri = broker,
                // What was in hand is decided by the outbox and the inbox, not by a client that opens everything again.
                AutomaticRecoveryEnabled = false,
                RequestedHeartbeat = TimeSpan.FromSeconds(5),
                ClientProvidedName = name,
            }.CreateConnectionAsync();
        }
        finally
        {
            _opening.Release();
        }
    }
}
