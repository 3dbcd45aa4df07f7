using Npgsql;

namespace Host;

/// <summary>
/// The source's rows held against the target's. First by number and by the sum of every row's MD5 over its text, whatever their order;
/// where that differs, row by row along the primary key, to name the first that do.
/// </summary>
internal static class Verification
{
    private const int NamedAtMost = 10;

    /// <returns>The rows, if all are equal; otherwise what differs, by key.</returns>
    public static async Task<(long Rows, IReadOnlyList<string> Differences)> CompareAsync(MovedTable table, End source, End target, CancellationToken ct)
    {
        var sums = await Task.WhenAll(SumAsync(source, table, table.Sent, ct), SumAsync(target, table, table.Columns, ct));
        return sums[0] == sums[1] ? (sums[0].Rows, []) : (sums[0].Rows, await DifferencesAsync(table, source, target, ct));
    }

    private static string Row(IEnumerable<string> columns) => $"row({string.Join(", ", columns)})::text";

    private static async Task<(long Rows, string Sum)> SumAsync(End end, MovedTable table, IEnumerable<string> columns, CancellationToken ct) => (await end.ReadAsync($"""
        select count(*), concat(sum(('x' || left(hash, 16))::bit(64)::bigint::numeric), ' ', sum(('x' || right(hash, 16))::bit(64)::bigint::numeric))
        from (select md5({Row(columns)}) as hash from {table.FullName}) as rows
        """, row => (row.GetInt64(0), row.GetString(1)), ct))[0];

    private static async Task<IReadOnlyList<string>> DifferencesAsync(MovedTable table, End source, End target, CancellationToken ct)
    {
        await using var here = source.Database.CreateCommand(ByKey(table, table.Sent));
        await using var there = target.Database.CreateCommand(ByKey(table, table.Columns));
        await using var theirs = await there.ExecuteReaderAsync(ct);
        await using var ours = await here.ExecuteReaderAsync(ct);

        var found = new List<string>();
        var (our, their) = (await NextAsync(ours, ct), await NextAsync(theirs, ct));
        while ((our is not null || their is not null) && found.Count < NamedAtMost)
        {
            var order = our is null ? 1 : their is null ? -1 : string.CompareOrdinal(our.Place, their.Place);
            if (order < 0) found.Add($"{our!.Key}: not at the target");
            else if (order > 0) found.Add($"{their!.Key}: only at the target");
            else if (our!.Hash != their!.Hash) found.Add($"{our.Key}: differs");

            if (order <= 0) our = await NextAsync(ours, ct);
            if (order >= 0) their = await NextAsync(theirs, ct);
        }

        return found;
    }

    // In the order of the key's hash: that both servers agree on, whatever their collations.
    private static string ByKey(MovedTable table, IEnumerable<string> columns) => $"""
        select md5(key), left(key, 200), hash
        from (select {(table.Key.Count > 0 ? $"concat_ws(', ', {string.Join(", ", table.Key)})" : Row(columns))} as key, md5({Row(columns)}) as hash from {table.FullName}) as rows
        order by 1, 3
        """;

    private sealed record HashedRow(string Place, string Key, string Hash);

    private static async Task<HashedRow?> NextAsync(NpgsqlDataReader reader, CancellationToken ct) =>
        await reader.ReadAsync(ct) ? new(reader.GetString(0), reader.GetString(1), reader.GetString(2)) : null;
}
