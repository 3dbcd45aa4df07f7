using System.Threading.Channels;
using Npgsql;
using RabbitMQ.Client;

namespace Bench;

/// <summary>What becomes of hand-written outgoing rows after their commit: published, confirmed by the broker, then forgotten; up to a hundred at a time, by two at once, as the product does.</summary>
internal sealed class HandOver
{
    private static readonly CreateChannelOptions Confirmed = new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);

    private readonly Channel<(Guid Id, string Queue, byte[] Body)> _waiting = Channel.CreateUnbounded<(Guid, string, byte[])>();

    public static async Task<HandOver> StartAsync(NpgsqlDataSource data, Uri broker)
    {
        var handOver = new HandOver();
        var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync();
        for (var pump = 0; pump < 2; pump++)
        {
            var channel = await connection.CreateChannelAsync(Confirmed);
            foreach (var queue in WriteBenchmark.Subscribers)
                await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" });
            _ = Task.Run(() => handOver.PumpAsync(data, channel));
        }

        return handOver;
    }

    public void Add(Guid id, string queue, byte[] body) => _waiting.Writer.TryWrite((id, queue, body));

    private async Task PumpAsync(NpgsqlDataSource data, IChannel channel)
    {
        while (await _waiting.Reader.WaitToReadAsync())
        {
            var batch = new List<(Guid Id, string Queue, byte[] Body)>();
            while (batch.Count < 100 && _waiting.Reader.TryRead(out var message)) batch.Add(message);
            if (batch.Count == 0) continue;

            await Task.WhenAll(batch.Select(message => channel.BasicPublishAsync("", message.Queue, mandatory: true, new BasicProperties { Persistent = true, MessageId = message.Id.ToString() }, message.Body).AsTask()));
            await using var forget = data.CreateCommand("delete from outgoing where id = any($1)");
            forget.Parameters.Add(new NpgsqlParameter { Value = batch.Select(message => message.Id).ToArray() });
            await forget.ExecuteNonQueryAsync();
        }
    }
}
