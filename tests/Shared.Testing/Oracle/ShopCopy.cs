using Npgsql;

namespace Shared.Testing;

/// <summary>The shop's data at one moment of rest, in temporary tables of one connection (see <see cref="Sources"/>): for the oracle's rules, and for a caller's own questions.</summary>
public sealed class ShopCopy : IAsyncDisposable
{
    private readonly NpgsqlConnection _copy;

    private ShopCopy(NpgsqlConnection copy) => _copy = copy;

    internal static async Task<ShopCopy> Take(IReadOnlyDictionary<string, string> databases, CancellationToken ct)
    {
        var copy = new ShopCopy(await Open(databases["orders"], ct));
        foreach (var module in Sources.All.GroupBy(source => source.Module))
        {
            await using var from = await Open(databases[module.Key], ct);
            foreach (var source in module)
            {
                await copy.Execute($"create temp table if not exists {source.Table} ({source.Columns})", ct);
                await using var rows = await from.BeginRawBinaryCopyAsync($"copy ({source.Select}) to stdout (format binary)", ct);
                await using var to = await copy._copy.BeginRawBinaryCopyAsync($"copy pg_temp.{source.Table} from stdin (format binary)", ct);
                await rows.CopyToAsync(to, ct);
            }
        }

        foreach (var table in Sources.All.Select(source => source.Table).Distinct()) await copy.Execute($"analyze pg_temp.{table}", ct);
        return copy;
    }

    /// <summary>Adds a table of the caller's own.</summary>
    public async Task Fill(string table, string columns, IEnumerable<IReadOnlyList<object>> rows, CancellationToken ct = default)
    {
        await Execute($"drop table if exists pg_temp.{table}; create temp table {table} ({columns})", ct);
        await using (var writer = await _copy.BeginBinaryImportAsync($"copy pg_temp.{table} from stdin (format binary)", ct))
        {
            foreach (var row in rows)
            {
                await writer.StartRowAsync(ct);
                foreach (var value in row) await writer.WriteAsync(value, ct);
            }

            await writer.CompleteAsync(ct);
        }

        await Execute($"analyze pg_temp.{table}", ct);
    }

    public async Task<IReadOnlyList<T>> Ask<T>(string sql, Func<NpgsqlDataReader, T> row, CancellationToken ct = default)
    {
        await using var command = new NpgsqlCommand(sql, _copy);
        await using var reader = await command.ExecuteReaderAsync(ct);

        var rows = new List<T>();
        while (await reader.ReadAsync(ct)) rows.Add(row(reader));
        return rows;
    }

    /// <summary>Checks every invariant, and <paramref name="more"/> of the caller's own.</summary>
    public async Task<Findings> Check(Known known, CancellationToken ct = default, params IReadOnlyList<Invariant> more)
    {
        await Fill("acknowledged", "id uuid", known.AcknowledgedOrders.Select(id => (object[])[id]), ct);
        await Fill("accounted", "id uuid", known.AccountedDeadLetters.Select(id => (object[])[id]), ct);
        await Fill("refused", "key text", known.RefusedKeys.Select(key => (object[])[key]), ct);

        IReadOnlyList<Invariant> invariants = [.. StockInvariants.All, .. MoneyInvariants.All, .. OrderInvariants.All(known), .. MessageInvariants.All, .. AnswerInvariants.All(known), .. more];
        var violations = new List<Violation>();
        foreach (var invariant in invariants)
            if (await FindViolation(invariant, ct) is { } violation) violations.Add(violation);

        return new Findings([.. invariants.Select(invariant => invariant.Name)], violations);
    }

    public ValueTask DisposeAsync() => _copy.DisposeAsync();

    private async Task<Violation?> FindViolation(Invariant invariant, CancellationToken ct)
    {
        var found = await Ask(
            $"select count(*) over (), coalesce(culprit, 'a row without values') from ({invariant.Culprits}) as found (culprit) order by culprit limit {Violation.NamedAtMost}",
            row => (Count: row.GetInt64(0), Culprit: row.GetString(1)), ct);

        return found.Count == 0 ? null : new Violation(invariant.Name, invariant.Says, (int)found[0].Count, [.. found.Select(row => row.Culprit)]);
    }

    private async Task Execute(string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, _copy);
        await command.ExecuteNonQueryAsync(ct);
    }

    // Not pooled: the copies end with their connection.
    private static async Task<NpgsqlConnection> Open(string database, CancellationToken ct)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false, Timeout = 15, CommandTimeout = 120 }.ConnectionString);
        await connection.OpenAsync(ct);
        return connection;
    }
}
