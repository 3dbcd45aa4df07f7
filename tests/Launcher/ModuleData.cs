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
        var astray = new List<string>();
        foreach (var module in Oracle.Modules)
        {
            var (place, other) = each ? (servers.Own(module), servers.One) : (servers.One, servers.Own(module));
            if (!await HoldsAsync(servers, other, module)) continue;
            // A server of a module's own is used by nobody else: what is there is newer than what was left on the common one.
            if (each && await HoldsAsync(servers, place, module)) continue;
            if (!await MoveAsync(servers, module, other, place)) astray.Add(module);
        }

        if (astray.Count == 0)
        {
            foreach (var folder in each ? [servers.One] : Oracle.Modules.Select(servers.Own)) await servers.StopPostgresAsync(folder);
            var places = Oracle.Modules.Select(module => each ? servers.Own(module) : servers.One).ToArray();
            await Task.WhenAll(places.Distinct().Select(servers.PostgresAsync));
            return (await Task.WhenAll(places.Select(servers.PostgresAsync))).Zip(Oracle.Modules, (administrator, module) => (module, administrator)).ToDictionary();
        }

        throw new LaunchException(each
            ? $"The data of {string.Join(", ", astray)} is on the one server in {servers.One}, and --databases each would start without it. Run with --databases one, or name another folder by Data=…."
            : $"The data of {string.Join(", ", astray)} is on servers of their own in {Path.Combine(servers.One, "databases")}, and --databases one would start without it. Run with --databases each, or name another folder by Data=….");
    }

    /// <summary>The place for a move of a stopped module's schema to another server; until there is one, nothing is moved.</summary>
    private static Task<bool> MoveAsync(Servers servers, string module, string from, string to) => Task.FromResult(servers.One == from && module == to);

    private static async Task<bool> HoldsAsync(Servers servers, string folder, string module)
    {
        if (!Servers.HasData(folder)) return false;

        await using var source = NpgsqlDataSource.Create(await servers.PostgresAsync(folder) + ";Pooling=false");
        try
        {
            // Which processes ran, and which carriers there were, is no data.
            await using var tables = source.CreateCommand("select format('%I.%I', schemaname, tablename) from pg_tables where schemaname = $1 and tablename !~ '^(wolverine_(node|control|agent)|modular_carriers)'");
            tables.Parameters.Add(new NpgsqlParameter { Value = module });
            var names = new List<string>();
            await using (var reader = await tables.ExecuteReaderAsync())
                while (await reader.ReadAsync()) names.Add(reader.GetString(0));

            if (names.Count == 0) return false;
            await using var any = source.CreateCommand($"select {string.Join(" or ", names.Select(name => $"exists (select from {name})"))}");
            return (bool)(await any.ExecuteScalarAsync())!;
        }
        catch (PostgresException fault) when (Servers.IsMissing(fault))
        {
            return false;
        }
    }
}
