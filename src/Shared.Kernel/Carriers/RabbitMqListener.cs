using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Wolverine.Transports;

namespace Shared.Kernel;

/// <summary>The queue of a destination, with everything said that a broker would else decide by its version.</summary>
internal static class RabbitMqQueue
{
    /// <summary>A quorum queue forgets nothing by itself: what would exceed its limits is refused, and what was delivered too often is kept in a queue beside it.</summary>
    public static IReadOnlyDictionary<string, object?> Arguments(string queue) => new Dictionary<string, object?>
    {
        ["x-queue-type"] = "quorum",
        ["x-overflow"] = "reject-publish",
        // Without it RabbitMQ 4 drops what was delivered 20 times; 3.10 knows no word for "never".
        ["x-delivery-limit"] = 1_000_000,
        ["x-dead-letter-exchange"] = "",
        ["x-dead-letter-routing-key"] = DeadOf(queue),
        ["x-dead-letter-strategy"] = "at-least-once",
    };

    public static IReadOnlyDictionary<string, object?> DeadArguments => new Dictionary<string, object?> { ["x-queue-type"] = "quorum", ["x-overflow"] = "reject-publish", ["x-delivery-limit"] = 1_000_000 };

    /// <summary><c>inventory.when-order-placed</c>.</summary>
    public static string NameOf(Uri destination) => $"{destination.Host}{destination.AbsolutePath.Replace('/', '.')}";

    public static string DeadOf(string queue) => $"{queue}.dead";
}

/// <summary>Takes messages from a queue and acknowledges them when the inbox has stored them. The broker is never asked to deliver one again: what cannot be stored stays in hand.</summary>
internal sealed class RabbitMqListener(Uri destination, IReceiver receiver, RabbitMqConnection connection, bool declares, ILogger logger) : PersistentListener(destination, receiver, logger)
{
    private const int Batch = 100;
    private const ushort Prefetch = 300;

    private readonly string _queue = RabbitMqQueue.NameOf(destination);

    protected override async Task TakeAsync(CancellationToken stopping)
    {
        var arrived = Channel.CreateUnbounded<(ulong Tag, byte[] Bytes)>();
        var channel = await connection.ChannelAsync(stopping);
        try
        {
            await ConsumeAsync(channel, arrived.Writer).WaitAsync(stopping);
            Opened();
            while (await arrived.Reader.WaitToReadAsync(stopping))
            {
                var batch = new List<(ulong Tag, byte[] Bytes)>();
                while (batch.Count < Batch && arrived.Reader.TryRead(out var delivery)) batch.Add(delivery);
                await KeepAsync(channel, batch, stopping);
            }
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            throw new IOException("its queue does not answer. If that goes on, the broker has no leader for it: restart the broker, or have one elected (README, Managed brokers)");
        }
        finally
        {
            // What was delivered and is not stored is back in the queue then.
            await RabbitMqConnection.CloseAsync(channel);
        }
    }

    private async Task ConsumeAsync(IChannel channel, ChannelWriter<(ulong, byte[])> arrived)
    {
        await EnsureQueueAsync(channel);
        await channel.BasicQosAsync(0, Prefetch, global: false);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) => arrived.WriteAsync((delivery.DeliveryTag, delivery.Body.ToArray()), CancellationToken.None).AsTask();
        // The queue was deleted, or the way to the broker is lost: begin again, which declares it.
        consumer.UnregisteredAsync += (_, _) => Ended("the queue is gone");
        consumer.ShutdownAsync += (_, reason) => Ended(reason.ReplyText);
        await channel.BasicConsumeAsync(_queue, autoAck: false, consumer);

        Task Ended(string reason) => Task.FromResult(arrived.TryComplete(new IOException(reason)));
    }

    private async Task KeepAsync(IChannel channel, List<(ulong Tag, byte[] Bytes)> batch, CancellationToken stopping)
    {
        var left = batch;
        while (true)
        {
            var stored = await StoreAsync([.. left.Select(delivery => Read(delivery.Bytes))]);
            left = [.. left.Where((_, i) => !stored[i])];
            if (left.Count == 0) break;

            await Task.Delay(Pause, stopping);
        }

        // All up to the last: one by one takes the broker a third more CPU, and after a load the next messages wait behind it.
        await channel.BasicAckAsync(batch[^1].Tag, multiple: true, CancellationToken.None);
    }

    private async Task EnsureQueueAsync(IChannel channel)
    {
        if (!declares)
        {
            await channel.QueueDeclarePassiveAsync(_queue);
            return;
        }

        var dead = RabbitMqQueue.DeadOf(_queue);
        await channel.QueueDeclareAsync(dead, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>(RabbitMqQueue.DeadArguments));
        await channel.QueueDeclareAsync(_queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>(RabbitMqQueue.Arguments(_queue)));
    }
}
