using System.Diagnostics;
using Npgsql;

namespace Host;

/// <summary>A table that goes with the module. Names are quoted where they must be.</summary>
internal sealed record MovedTable(string Schema, string Name, IReadOnlyList<string> Columns, IReadOnlyList<string> Key)
{
    /// <summary>What is known of processes, which stay: who runs, what they do, what they say to each other, what they did.</summary>
    public static readonly IReadOnlyList<string> LeftBehind = ["wolverine_nodes", "wolverine_node_assignments", "wolverine_node_records", "wolverine_control_queue", "wolverine_agent_restrictions"];

    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(5);

    /// <summary>As SQL, for <c>relname &lt;&gt; all (…)</c>.</summary>
    public static string LeftBehindArray => $"array['{string.Join("','", LeftBehind)}']";

    /// <summary>Partitions go with the table that they are of; generated columns are generated again.</summary>
    public static Task<IReadOnlyList<MovedTable>> ListAsync(End end, string schema, CancellationToken ct) => end.ReadAsync($"""
        select quote_ident(relname),
          array(select quote_ident(attname) from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '' order by attname),
          array(select quote_ident(attname) from pg_index, unnest(indkey) with ordinality as k (number, place) join pg_attribute on attnum = number where attrelid = c.oid and indrelid = c.oid and indisprimary order by place)
        from pg_class c
        where relnamespace = to_regnamespace('{schema}') and relkind in ('r', 'p') and not relispartition and relname <> all ({LeftBehindArray})
        order by relname
        """, row => new MovedTable(schema, row.GetString(0), row.GetFieldValue<string[]>(1), row.GetFieldValue<string[]>(2)), ct);

    public string FullName => $"{Schema}.{Name}";

    /// <summary>The columns as they are sent. A message at rest comes with no owner: the process that had taken it stays behind.</summary>
    public IEnumerable<string> Sent => Columns.Select(column => (Name, column) is ("wolverine_incoming_envelopes" or "wolverine_outgoing_envelopes", "owner_id") ? "0" : column);

    /// <summary>All rows in place of those at the target, noted in the journal with them: whole or not at all.</summary>
    /// <param name="tell">Told now and then how much has gone.</param>
    public async Task<long> CopyAsync(End source, End target, Journal journal, Action<long> tell, CancellationToken ct)
    {
        await using var from = await source.Database.OpenConnectionAsync(ct);
        await using var to = await target.Database.OpenConnectionAsync(ct);
        await using var transaction = await to.BeginTransactionAsync(ct);
        await RunAsync($"delete from {FullName}");
        var bytes = 0L;
        await using (var rows = await from.BeginRawBinaryCopyAsync($"copy (select {string.Join(", ", Sent)} from {FullName}) to stdout (format binary)", ct))
        await using (var stored = await to.BeginRawBinaryCopyAsync($"copy {FullName} ({string.Join(", ", Columns)}) from stdin (format binary)", ct))
        {
            var buffer = new byte[128 * 1024];
            var told = Stopwatch.GetTimestamp();
            for (int read; (read = await rows.ReadAsync(buffer, ct)) > 0; bytes += read)
            {
                await stored.WriteAsync(buffer.AsMemory(0, read), ct);
                if (Stopwatch.GetElapsedTime(told) < BetweenLines) continue;
                tell(bytes);
                told = Stopwatch.GetTimestamp();
            }
        }

        await RunAsync($"analyze {FullName}; {journal.NoteSql(Name)}");
        await transaction.CommitAsync(ct);
        return bytes;

        async Task RunAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, to, transaction);
            await command.ExecuteNonQueryAsync(ct);
        }
    }
}
