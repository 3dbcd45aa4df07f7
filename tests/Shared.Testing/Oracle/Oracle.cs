using Npgsql;

namespace Shared.Testing;

/// <summary>
/// Knows what is true of the shop at rest, whatever happened before, and names what is not. Reads each module's tables with rights that no module has;
/// asked by every test of a flow, a crash or load, and by the replay.
/// </summary>
/// <param name="databases">Module → connection string that may read its schema.</param>
public sealed class Oracle(IReadOnlyDictionary<string, string> databases)
{
    /// <param name="administrator">Of the one database that holds all six schemas.</param>
    public Oracle(string administrator) : this(Sources.Modules.ToDictionary(module => module, _ => administrator))
    {
    }

    /// <summary>Waits until nothing moves any more: see <see cref="Rest"/>.</summary>
    /// <param name="progress">Told what still moves, now and then.</param>
    /// <exception cref="TimeoutException">Something still moves: named.</exception>
    public Task UntilAtRestAsync(TimeSpan timeout, Action<Motion>? progress = null, CancellationToken ct = default) => Rest.Until(databases, timeout, progress, ct);

    /// <summary>What moves at this moment.</summary>
    public Task<Motion> MotionAsync(CancellationToken ct = default) => Rest.Look(databases, ct);

    /// <summary>Checks every invariant. The shop must be at rest: what is under way looks like a violation.</summary>
    /// <param name="known">What the caller knows beyond the shop's own data.</param>
    public async Task<Findings> CheckAsync(Known? known = null, CancellationToken ct = default)
    {
        known ??= new Known();
        await using var copy = await Copy(known, ct);

        IReadOnlyList<Invariant> invariants = [.. StockInvariants.All, .. MoneyInvariants.All, .. OrderInvariants.All(known), .. MessageInvariants.All, .. AnswerInvariants.All(known)];
        var violations = new List<Violation>();
        foreach (var invariant in invariants)
            if (await Violation(copy, invariant, ct) is { } violation) violations.Add(violation);

        return new Findings([.. invariants.Select(invariant => invariant.Name)], violations);
    }

    private async Task<NpgsqlConnection> Copy(Known known, CancellationToken ct)
    {
        var copy = await Open(databases["orders"], ct);
        foreach (var module in Sources.All.GroupBy(source => source.Module))
        {
            await using var from = await Open(databases[module.Key], ct);
            foreach (var source in module)
            {
                await Execute(copy, $"create temp table if not exists {source.Table} ({source.Columns})", ct);
                await using var rows = await from.BeginRawBinaryCopyAsync($"copy ({source.Select}) to stdout (format binary)", ct);
                await using var to = await copy.BeginRawBinaryCopyAsync($"copy pg_temp.{source.Table} from stdin (format binary)", ct);
                await rows.CopyToAsync(to, ct);
            }
        }

        await Fill(copy, "acknowledged", "id uuid", known.AcknowledgedOrders, ct);
        await Fill(copy, "accounted", "id uuid", known.AccountedDeadLetters, ct);
        await Fill(copy, "refused", "key text", known.RefusedKeys, ct);
        foreach (var table in Sources.All.Select(source => source.Table).Distinct()) await Execute(copy, $"analyze pg_temp.{table}", ct);
        return copy;
    }

    private static async Task<Violation?> Violation(NpgsqlConnection copy, Invariant invariant, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand($"select count(*) over (), culprit from ({invariant.Culprits}) as found (culprit) order by culprit limit {Shared.Testing.Violation.NamedAtMost}", copy);
        await using var reader = await command.ExecuteReaderAsync(ct);

        var (count, culprits) = (0, new List<string>());
        while (await reader.ReadAsync(ct))
        {
            count = (int)reader.GetInt64(0);
            culprits.Add(reader.IsDBNull(1) ? "(a row without values)" : reader.GetString(1));
        }

        return count == 0 ? null : new Violation(invariant.Name, invariant.Says, count, culprits);
    }

    private static async Task Fill<T>(NpgsqlConnection copy, string table, string column, IEnumerable<T> values, CancellationToken ct)
    {
        await Execute(copy, $"create temp table {table} ({column})", ct);
        await using var writer = await copy.BeginBinaryImportAsync($"copy {table} from stdin (format binary)", ct);
        foreach (var value in values) await writer.WriteRowAsync(ct, value);
        await writer.CompleteAsync(ct);
    }

    private static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
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
