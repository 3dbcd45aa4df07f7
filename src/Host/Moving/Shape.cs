namespace Host;

/// <summary>What a schema is made of besides its rows, a line each. The program's own migration makes the target's; this finds what the source has beyond it.</summary>
internal static class Shape
{
    /// <summary>What the source has and the target has not, or has otherwise. Defaults are not compared: some are the moment of the migration.</summary>
    public static async Task<IReadOnlyList<string>> MissingAsync(End source, End target, string schema, CancellationToken ct) =>
        [.. (await DescribeAsync(source, schema, ct)).Except(await DescribeAsync(target, schema, ct))];

    public static Task<IReadOnlyList<Sequence>> SequencesAsync(End end, string schema, CancellationToken ct) => end.ReadAsync($"""
        select quote_ident(relname) from pg_class c
        where relnamespace = to_regnamespace('{schema}') and relkind = 'S'
          and not exists (select 1 from pg_depend join pg_class t on t.oid = refobjid where objid = c.oid and deptype in ('a', 'i') and t.relname = any ({MovedTable.LeftBehindArray}))
        order by relname
        """, row => new Sequence(schema, row.GetString(0)), ct);

    private static Task<IReadOnlyList<string>> DescribeAsync(End end, string schema, CancellationToken ct) => end.ReadAsync($"""
        with here as (select oid, relname, relkind from pg_class where relnamespace = to_regnamespace('{schema}'))
        select format('%s %s', case relkind when 'r' then 'table' when 'p' then 'table' when 'S' then 'sequence' else 'view' end, relname) as line from here where relkind in ('r', 'p', 'S', 'v', 'm')
        union all
        select format('column %s.%s %s%s', relname, attname, format_type(atttypid, atttypmod), case when attnotnull then ' not null' end || case when attgenerated <> '' then ' generated' end)
        from here join pg_attribute on attrelid = here.oid where relkind in ('r', 'p') and attnum > 0 and not attisdropped
        union all
        select format('constraint %s: %s', relname, pg_get_constraintdef(k.oid)) from pg_constraint k join here on here.oid = conrelid
        union all
        select format('index %s', pg_get_indexdef(indexrelid)) from pg_index join here on here.oid = indrelid
        union all
        select format('trigger %s', pg_get_triggerdef(t.oid)) from pg_trigger t join here on here.oid = tgrelid where not tgisinternal
        union all
        select format('function %s(%s)', proname, pg_get_function_identity_arguments(oid)) from pg_proc where pronamespace = to_regnamespace('{schema}')
        order by line
        """, row => row.GetString(0), ct);
}

/// <summary>It goes on at the target where it stopped at the source.</summary>
internal sealed record Sequence(string Schema, string Name)
{
    public async Task CopyAsync(End source, End target, CancellationToken ct)
    {
        var (last, called) = await ReadAsync(source, ct);
        await target.RunAsync($"select setval('{Schema}.{Name.Replace("'", "''", StringComparison.Ordinal)}', {last}, {called})", ct);
    }

    public async Task<(long Last, bool IsCalled)> ReadAsync(End end, CancellationToken ct) =>
        (await end.ReadAsync($"select last_value, is_called from {Schema}.{Name}", row => (row.GetInt64(0), row.GetBoolean(1)), ct))[0];
}
