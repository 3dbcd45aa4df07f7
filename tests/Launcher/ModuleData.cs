using Npgsql;
using Shared.Testing;

namespace Launcher;

/// <summary>On which server each module's data is. A module whose data lies on another server than the one it is to use would seem to have lost it.</summary>
internal static class ModuleData
{
    /// <summary>Starts what is needed. Answers for each module an administrator's connection.</summary>
    /// <exception cref="LaunchException">Some module's data is elsewhere.</exception>
    public static async Task<IReadOnlyDictionary<string, string>> OpenAsync(Servers servers, bool each)
    {
        var administrators = new Dictionary<string, string>();
        if (!each) foreach (var module in Oracle.Modules) administrators[module] = await servers.PostgresAsync(servers.One);
        else await Task.WhenAll(Oracle.Modules.Select(module => servers.PostgresAsync(servers.Own(module))));
        if (each) foreach (var module in Oracle.Modules) administrators[module] = await servers.PostgresAsync(servers.Own(module));

        var astray = new List<string>();
        foreach (var module in Oracle.Modules)
        {
            var other = each ? servers.One : servers.Own(module);
            if (!Servers.HasData(other) || !await HasRowsAsync(await servers.PostgresAsync(other), module)) continue;
            // A server of a module's own is used by nobody else: what is there is newer than what was left on the common one.
            if (each && await HasRowsAsync(administrators[module], module)) continue;
            if (!await MoveAsync(module, await servers.PostgresAsync(other), administrators[module])) astray.Add(module);
        }

        foreach (var folder in (each ? [servers.One] : Oracle.Modules.Select(servers.Own)).ToArray()) await servers.StopPostgresAsync(folder);
        if (astray.Count == 0) return administrators;

        throw new LaunchException(each
            ? $"The data of {string.Join(", ", astray)} is on the one server in {servers.One}, and --databases each would start with empty ones. Run with --databases one, or name another folder by Data=…."
            : $"The data of {string.Join(", ", astray)} is on servers of their own in {Path.Combine(servers.One, "databases")}, and --databases one would start without it. Run with --databases each, or name another folder by Data=….");
    }

    /// <summary>The place for a move of a stopped module's schema to another server; until there is one, nothing is moved.</summary>
    private static Task<bool> MoveAsync(string module, string from, string to) => Task.FromResult(module == from && from == to);

    private static async Task<bool> HasRowsAsync(string administrator, string module)
    {
        await using var source = NpgsqlDataSource.Create(administrator + ";Pooling=false");
        try
        {
            // Which processes ran is no data.
            await using var tables = source.CreateCommand("select format('%I.%I', schemaname, tablename) from pg_tables where schemaname = $1 and tablename !~ '^wolverine_(node|control|agent)'");
            tables.Parameters.Add(new NpgsqlParameter { Value = module });
            var names = new List<string>();
            await using (var reader = await tables.ExecuteReaderAsync())
                while (await reader.ReadAsync()) names.Add(reader.GetString(0));

            if (names.Count == 0) return false;
            await using var any = source.CreateCommand($"select {string.Join(" or ", names.Select(name => $"exists (select from {name})"))}");
            return (bool)(await any.ExecuteScalarAsync())!;
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            return false;
        }
    }
}
