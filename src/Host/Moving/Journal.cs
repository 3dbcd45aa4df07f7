namespace Host;

/// <summary>Which tables are whole at the target: in a schema of its own there, gone when the move is done. Whose data it is stands in that schema's comment.</summary>
internal sealed class Journal(End target, string module)
{
    private string Schema => $"{module}_move";

    /// <summary>The <see cref="End.Id"/> of the source; null if no move is under way.</summary>
    public async Task<string?> SourceAsync(CancellationToken ct) =>
        (await target.ReadAsync($"select obj_description(to_regnamespace('{Schema}')::oid, 'pg_namespace')", row => row.IsDBNull(0) ? null : row.GetString(0), ct))[0];

    /// <summary>From the beginning: what was copied before counts for nothing.</summary>
    public Task BeginAsync(End source, CancellationToken ct) => target.RunAsync($"""
        {EndSql};
        create schema {Schema};
        comment on schema {Schema} is '{source.Id.Replace("'", "''", StringComparison.Ordinal)}';
        create table {Schema}.copied (name text primary key, at timestamptz not null default now())
        """, ct);

    public async Task<IReadOnlySet<string>> CopiedAsync(CancellationToken ct) => (await target.ReadAsync($"select name from {Schema}.copied", row => row.GetString(0), ct)).ToHashSet();

    public string NoteSql(string table) => $"insert into {Schema}.copied (name) values ({Literal(table)}) on conflict do nothing";

    public Task ForgetAsync(IEnumerable<string> tables, CancellationToken ct) => target.RunAsync($"delete from {Schema}.copied where name = any (array[{string.Join(", ", tables.Select(Literal))}])", ct);

    public string EndSql => $"drop schema if exists {Schema} cascade";

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
