using Npgsql;
using Shared.Testing;

namespace Launcher;

/// <summary>On which server each module's data is. If it lies on another one than the module is to use, it is moved there: else it would seem to be lost.</summary>
internal static class ModuleData
{
    /// <summary>Starts what is needed. Answers for each module an administrator's connection.</summary>
    /// <exception cref="LaunchException">A module's data could not be moved.</exception>
    public static async Task<IReadOnlyDictionary<string, string>> OpenAsync(Servers servers, bool each)
    {
        foreach (var module in Oracle.Modules)
        {
            var (place, other) = each ? (servers.Own(module), servers.One) : (servers.One, servers.Own(module));
            if (await HoldsAsync(servers, other, module)) await MoveAsync(servers, module, other, place);
        }

        foreach (var folder in each ? [servers.One] : Oracle.Modules.Select(servers.Own)) await servers.StopPostgresAsync(folder);
        var places = Oracle.Modules.ToDictionary(module => module, module => each ? servers.Own(module) : servers.One);
        await Task.WhenAll(places.Values.Distinct().Select(servers.PostgresAsync));
        var administrators = new Dictionary<string, string>();
        foreach (var (module, folder) in places) administrators[module] = await servers.PostgresAsync(folder);
        return administrators;
    }

    private static async Task MoveAsync(Servers servers, string module, string from, string to)
    {
        Console.WriteLine($"  The data of '{module}' is in {from} and goes to {to}:");
        var target = await servers.PostgresAsync(to);
        await using var move = await ChildProcess.StartAsync(new("dotnet", [HostProgram.Find(), "move", module])
        {
            // Not on its command line, which every account may read.
            Environment = new Dictionary<string, string?> { ["Move__From"] = await servers.PostgresAsync(from), ["Move__To"] = target, ["Database__Secret"] = new NpgsqlConnectionStringBuilder(target).Password },
            Line = line => Console.WriteLine($"    {line}"),
        });
        if ((await move.WaitForExitAsync(Timeout.InfiniteTimeSpan)).Code != 0)
            throw new LaunchException($"The data of '{module}' could not be moved from {from} to {to}: see above. Run as before (--databases {(to == servers.One ? "each" : "one")}), or name another folder by Data=….");
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
