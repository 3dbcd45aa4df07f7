using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Npgsql;
using Pinger.Contracts;

namespace Bench;

/// <summary>
/// The floor: an outbox table whose reader is woken by NOTIFY, and eight workers, each of which forgets the outgoing row, remembers the identity and stores the effect
/// in one round trip and one transaction per event. No retries, no dead letters, no second process.
/// </summary>
internal static class HandWrittenHop
{
    private const int Workers = 8;

    public static async Task RunAsync(WebApplicationBuilder builder)
    {
        // A plan that is made while the tables are empty is kept: it must not scan, here as in the modules' sessions.
        var database = new NpgsqlConnectionStringBuilder(builder.Configuration["Database"]!) { MaxPoolSize = 50, MaxAutoPrepare = 50, AutoPrepareMinUsages = 2, NoResetOnClose = true, Options = "-c enable_seqscan=off -c jit=off" };
        await using var data = NpgsqlDataSource.Create(database.ConnectionString);
        await using (var tables = data.CreateCommand(Tables)) await tables.ExecuteNonQueryAsync();

        var claimed = Channel.CreateBounded<(long Seq, Pinged Event)>(1_000);
        _ = Task.Run(() => ReadAsync(data, claimed.Writer));
        for (var i = 0; i < Workers; i++) _ = Task.Run(() => WorkAsync(data, claimed.Reader));
        await using var application = builder.Build();
        await HopLoad.RunAsync(application, (_, events) => PublishAsync(data, events));
    }

    private static async Task PublishAsync(NpgsqlDataSource data, int events)
    {
        var ids = Enumerable.Range(0, events).Select(_ => Guid.CreateVersion7()).ToArray();
        var at = Stopwatch.GetTimestamp();
        await RunAsync(data,
            ("insert into pinger.pings (id, data) select id, jsonb_build_object('id', id) from unnest($1::uuid[]) id", [ids]),
            ("insert into pinger.outbox (body) select unnest($1::bytea[])", [ids.Select(id => JsonSerializer.SerializeToUtf8Bytes(new Pinged(id, at))).ToArray()]),
            ("notify outbox", []));
    }

    private static async Task ReadAsync(NpgsqlDataSource data, ChannelWriter<(long, Pinged)> claimed)
    {
        await using var connection = await data.OpenConnectionAsync();
        await using (var listen = new NpgsqlCommand("listen outbox", connection)) await listen.ExecuteNonQueryAsync();
        while (true)
        {
            // An array: a join planned for empty tables is one of every row with each of the five hundred.
            await using var claim = new NpgsqlCommand("""
                update pinger.outbox set claimed = true
                where seq = any (array (select seq from pinger.outbox where not claimed order by seq limit 500 for update skip locked)) returning seq, body
                """, connection);
            var found = new List<(long, Pinged)>();
            await using (var rows = await claim.ExecuteReaderAsync())
                while (await rows.ReadAsync()) found.Add((rows.GetInt64(0), JsonSerializer.Deserialize<Pinged>(rows.GetFieldValue<byte[]>(1))!));

            foreach (var one in found) await claimed.WriteAsync(one);
            if (found.Count == 0) await connection.WaitAsync(TimeSpan.FromSeconds(1));
        }
    }

    private static async Task WorkAsync(NpgsqlDataSource data, ChannelReader<(long Seq, Pinged Event)> claimed)
    {
        await foreach (var (seq, pinged) in claimed.ReadAllAsync())
        {
            await RunAsync(data,
                ("delete from pinger.outbox where seq = $1", [seq]),
                ("insert into ponger.inbox (id) values ($1)", [pinged.Id]),
                ("insert into ponger.pongs (id, data) values ($1, $2::text::jsonb)", [pinged.Id, JsonSerializer.Serialize(new Pong(pinged.Id, pinged.At))]));
            Arrivals.Committed(pinged.At);
        }
    }

    private static async Task RunAsync(NpgsqlDataSource data, params IEnumerable<(string Sql, object[] Values)> statements)
    {
        await using var batch = data.CreateBatch();
        foreach (var (sql, values) in statements)
        {
            var command = batch.CreateBatchCommand();
            command.CommandText = sql;
            foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
            batch.BatchCommands.Add(command);
        }

        await batch.ExecuteNonQueryAsync();
    }

    private const string Tables = """
        create schema pinger;
        create schema ponger;
        create table pinger.pings (id uuid primary key, data jsonb not null);
        create table pinger.outbox (seq bigint generated always as identity primary key, body bytea not null, claimed boolean not null default false);
        create index on pinger.outbox (seq) where not claimed;
        create table ponger.inbox (id uuid primary key, at timestamptz not null default now());
        create table ponger.pongs (id uuid primary key, data jsonb not null);
        """;
}
