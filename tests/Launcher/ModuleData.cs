using Npgsql;
using Shared.Testing;

namespace Launcher;

/// <summary>On which server each module's data is. A module whose data lies on another server than the one it is to use would seem to have lost it.</summary>
internal static class ModuleData
{
    /// <summary>Starts what is needed. Answers for each module an administrator's connection.</summary>
    /// <exception cref="LaunchException">Some module's data is elsewhere and was not moved.</exception>
    public static async Task<IReadOnlyDictionary<string, string>> OpenAsync(Servers servers, bool each)
    {
        foreach (var module in Oracle.Modules)
        {
            var (place, other) = each ? (servers.Own(module), servers.One) : (servers.One, servers.Own(module));
            if (!await HoldsAsync(servers, other, module)) continue;
            // A server of a module's own is used by nobody else: what is there is newer than what was left on the common one.
            if (each && await HoldsAsync(servers, place, module)) continue;
            await MoveAsync(servers, module, other, place);
        }

        foreach (var folder in each ? [servers.One] : Oracle.Modules.Select(servers.Own)) await servers.StopPostgresAsync(folder);
        var places = Oracle.Modules.Select(module => each ? servers.Own(module) : servers.One).ToArray();
        await Task.WhenAll(places.Distinct().Select(servers.PostgresAsync));
        return (await Task.WhenAll(places.Select(servers.PostgresAsync))).Zip(Oracle.Modules, (administrator, module) => (module, administrator)).ToDictionary();
    }

    /// <summary>By <c>./modular move</c>; its connections are in its environment, since every account may read a command line.</summary>
    private static async Task MoveAsync(Servers servers, string module, string from, string to)
    {
        Console.WriteLine($"  The data of {module} moves from the server in {from} to the one in {to} …");
        var (source, target) = (await servers.PostgresAsync(from), await servers.PostgresAsync(to));
        await using var move = await ChildProcess.StartAsync(new("dotnet", [HostProgram.Find(), "move", module])
        {
            Environment = new Dictionary<string, string?> { ["Move__From"] = source, ["Move__To"] = target, ["Database__Secret"] = new NpgsqlConnectionStringBuilder(target).Password },
        });
        if ((await move.WaitForExitAsync(TimeSpan.FromHours(6))).Code != 0)
            throw new LaunchException($"The data of {module} was not moved; the same command goes on where this one stopped:\n{move.Output}");
    }

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
