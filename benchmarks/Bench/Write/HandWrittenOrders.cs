using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Bench;

/// <summary>The floor: all rows in one batch, one round trip and one transaction.</summary>
/// <param name="handOver">What is outgoing stays if there is none.</param>
internal sealed class HandWrittenOrders(NpgsqlDataSource data, HandOver? handOver) : IOrders
{
    public static async Task AddAsync(IServiceCollection services, NpgsqlDataSource data, string? broker) =>
        services.AddSingleton<IOrders>(new HandWrittenOrders(data, broker is null ? null : await HandOver.StartAsync(data, new Uri(broker))));

    public async Task<string?> StoreAsync(NewOrder order, CancellationToken ct)
    {
        var outgoing = WriteBenchmark.Subscribers.Select(_ => Guid.CreateVersion7()).ToArray();
        await using var batch = data.CreateBatch();
        Add(batch, "insert into answers (key, body_hash, json, at) values ($1, $2, $3::text::jsonb, $4)", order.Key, order.Hash, order.Answer, order.At);
        Add(batch, "insert into orders (id, customer_id, status, version, data) values ($1, $2, 'placed', 1, $3::text::jsonb)", order.Id, order.CustomerId, order.Snapshot);
        Add(batch, "insert into facts (order_id, version, type, data, at) values ($1, 1, 'placed', $2::text::jsonb, $3)", order.Id, order.Fact, order.At);
        Add(batch, "insert into outgoing (id, destination, body) select id, destination, $3 from unnest($1, $2) as told (id, destination)", outgoing, WriteBenchmark.Subscribers, order.Outgoing);
        Add(batch, "insert into outgoing (id, destination, body, due) values ($1, 'orders', $2, $3)", Guid.CreateVersion7(), order.Timeout, order.At.AddMinutes(2));
        try
        {
            await batch.ExecuteNonQueryAsync(ct);
            foreach (var (id, destination) in outgoing.Zip(WriteBenchmark.Subscribers)) handOver?.Add(id, destination, order.Outgoing);
            return null;
        }
        catch (PostgresException fault) when (fault is { SqlState: PostgresErrorCodes.UniqueViolation, TableName: "answers" })
        {
            await using var before = data.CreateCommand("select json::text from answers where key = $1");
            before.Parameters.Add(new NpgsqlParameter { Value = order.Key });
            return (string)(await before.ExecuteScalarAsync(ct))!;
        }
    }

    private static void Add(NpgsqlBatch batch, string sql, params object[] values)
    {
        var command = batch.CreateBatchCommand();
        command.CommandText = sql;
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        batch.BatchCommands.Add(command);
    }
}
