using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Wolverine;
using Wolverine.Configuration;
using Wolverine.RabbitMQ;
using Wolverine.RabbitMQ.Internal;
using Wolverine.Runtime;
using Wolverine.Transports;

namespace Shared.Kernel;

/// <summary>
/// A quorum queue for each destination. Wolverine's listener takes the messages; publishing is done here, persistent, confirmed and mandatory,
/// since Wolverine's own sender sets no mandatory flag and loses what is sent to a queue that is gone.
/// </summary>
internal sealed class RabbitMqCarrier(WolverineOptions options, Uri broker) : ICarrier
{
    private const ushort Prefetch = 300;
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    /// <summary>Declares the queues of these destinations when Wolverine starts, whether they are sent to or listened to.</summary>
    public RabbitMqCarrier Declare(IEnumerable<Uri> destinations)
    {
        options.UseRabbitMq(factory =>
            {
                factory.Uri = broker;
                factory.RequestedHeartbeat = Heartbeat;
            })
            .AutoProvision()
            .UseQuorumQueues()
            .DisableDeadLetterQueueing()
            .DisableSystemRequestReplyQueueDeclaration()
            .ConfigureChannelCreation(channel => channel.PublisherConfirmationsEnabled = channel.PublisherConfirmationTrackingEnabled = true);

        foreach (var destination in destinations)
        {
            var queue = Queue(destination);
            queue.Mode = EndpointMode.Durable;
            queue.PreFetchCount = Prefetch;
        }

        return this;
    }

    /// <summary>The queue of a destination: <c>inventory.when-order-placed</c>.</summary>
    public static string QueueName(Uri destination) => $"{destination.Host}{destination.AbsolutePath.Replace('/', '.')}";

    public ICarrierSender OpenSender(ModuleEndpoint destination, IWolverineRuntime runtime) => new Sender(Queue(destination.Uri), broker, runtime);

    public ValueTask<IListener> ListenAsync(ModuleEndpoint destination, IWolverineRuntime runtime, IReceiver receiver) =>
        Queue(destination.Uri).BuildListenerAsync(runtime, receiver);

    private RabbitMqQueue Queue(Uri destination) => (RabbitMqQueue)options.Transports.GetOrCreateEndpoint(new Uri($"rabbitmq://queue/{QueueName(destination)}"));

    private sealed class Sender(RabbitMqQueue queue, Uri broker, IWolverineRuntime runtime) : ICarrierSender
    {
        private static readonly TimeSpan ConfirmPatience = TimeSpan.FromSeconds(10);

        private readonly IRabbitMqEnvelopeMapper _mapper = queue.BuildMapper(runtime);
        private readonly SemaphoreSlim _opening = new(1, 1);
        private IConnection? _connection;
        private IChannel? _channel;

        public async Task<bool> PingAsync() => (await OpenAsync()).IsOpen;

        public async Task<Exception?[]> SendAsync(IReadOnlyList<Envelope> messages)
        {
            var channel = await OpenAsync();
            return await Task.WhenAll(messages.Select(message => PublishAsync(channel, message)));
        }

        public async ValueTask DisposeAsync()
        {
            if (_connection is not null) await _connection.DisposeAsync();
            _opening.Dispose();
        }

        private async Task<Exception?> PublishAsync(IChannel channel, Envelope message)
        {
            try
            {
                var properties = new BasicProperties { Headers = new Dictionary<string, object?>() };
                _mapper.MapEnvelopeToOutgoing(message, properties);
                properties.Persistent = true;
                using var patience = new CancellationTokenSource(ConfirmPatience);
                await channel.BasicPublishAsync("", queue.QueueName, mandatory: true, properties, message.Data!, patience.Token);
                return null;
            }
            catch (Exception fault)
            {
                // Returned: the queue is gone. A new channel declares it again before the message is sent again.
                if (fault is PublishException { IsReturn: true }) Interlocked.CompareExchange(ref _channel, null, channel);
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

                if (_connection is not { IsOpen: true })
                {
                    if (_connection is not null) await _connection.DisposeAsync();
                    _connection = await new ConnectionFactory
                    {
                        Uri = broker,
                        AutomaticRecoveryEnabled = false,
                        RequestedHeartbeat = Heartbeat,
                        ClientProvidedName = $"{runtime.Options.ServiceName} sends",
                    }.CreateConnectionAsync();
                }

                var channel = await _connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
                await channel.QueueDeclareAsync(queue.QueueName, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" });
                return _channel = channel;
            }
            finally
            {
                _opening.Release();
            }
        }
    }
}
