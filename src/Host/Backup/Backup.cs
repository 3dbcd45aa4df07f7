using System.Data;
using System.Text.Json;
using Npgsql;
using Shared.Kernel;

namespace Host;

/// <summary>
/// All modules' schemas and the letters of the carrier Postgres, as they were at one moment: one snapshot of one database, while the shop runs. What has no common
/// snapshot — several databases, a broker — is backed up at rest only.
/// </summary>
internal sealed class Backup(ShopDatabases shop, IConfiguration configuration, Manifest manifest, TimeProvider clock)
{
    public async Task RunAsync(string file, Version version, CancellationToken ct)
    {
        foreach (var database in shop.All) await MustBeWholeAsync(database, ct);
        await MustBeOneMomentAsync(ct);

        using var folder = new OwnersFolder($"{file}.parts");

        var (dumps, files, rows) = (new List<Dump>(), new Dictionary<string, string>(), new SortedDictionary<string, long>(StringComparer.Ordinal));
        foreach (var database in shop.All)
        {
            var hasBus = database.HasBus && (await database.End.ReadAsync("select to_regclass('bus.letters') is not null", row => row.GetBoolean(0), ct))[0];
            if (database.Modules.Count == 0 && !hasBus) continue;

            var name = $"{dumps.Count + 1}.dump";
            files[name] = Path.Combine(folder.Path, name);
            await DumpAsync(database, hasBus, files[name], rows, ct);
            dumps.Add(new(name, database.Modules, hasBus, BackupFile.SumOf(files[name])));
        }

        var server = (await shop.All[0].End.ReadAsync("select current_setting('server_version')", row => row.GetString(0), ct))[0];
        await BackupFile.WriteAsync(file, Path.Combine(folder.Path, "whole"), new(BackupFile.Format, version.ToString(3), clock.GetUtcNow(), server, dumps, rows), files, ct);
        Console.WriteLine($"{rows.Values.Sum():N0} rows of {rows.Count} tables are in {file} ({new FileInfo(file).Length / 1024.0 / 1024.0:N1} MB).");
    }

    private static async Task MustBeWholeAsync(ShopDatabase database, CancellationToken ct)
    {
        foreach (var module in database.Modules)
        {
            var schema = database.End.IsThere ? await database.End.SchemaAsync(module, ct) : new(false, null, false);
            if (!schema.IsThere) throw new BackupException($"There is no schema '{module}' in {database.End.Label}: a backup is of the whole shop. Start the shop once with these settings, or name the database that has it by Database:Administrators:{module}.");
            if (schema.Comment?.StartsWith(ModuleStore.Closed, StringComparison.Ordinal) == true) throw new BackupException($"The schema '{module}' of {database.End.Label} is {schema.Comment}");
        }
    }

    private async Task MustBeOneMomentAsync(CancellationToken ct)
    {
        if (Undrained() is { Length: > 0 } undrained)
            throw new BackupException($"Messages of the last run may wait in {undrained}, and are in no database: run './modular run' once until it is ready, which takes them from there.");

        var usesBroker = configuration["RabbitMq"] is not null;
        if (!usesBroker && shop.All.Count(database => database.Modules.Count > 0 || database.HasBus) <= 1) return;

        try
        {
            foreach (var database in shop.All)
                foreach (var module in database.Modules) await database.End.MustBeStoppedAsync(module, ct);
        }
        catch (MoveException runs)
        {
            throw new BackupException($"{(usesBroker ? "Messages in RabbitMQ are in no database" : "Several databases have no common moment")}, so that this shop is backed up only while it stands still. {runs.Message.Replace(", then move it", "", StringComparison.Ordinal)}");
        }

        foreach (var carrier in await CarrierContents.ReadAsync(configuration, manifest))
            if (carrier.Carrier == nameof(Carrier.RabbitMq) && (carrier.Fault is not null || carrier.Total + carrier.GivenUp.Values.Sum() > 0))
                throw new BackupException(carrier.Fault is not null ? $"RabbitMq cannot be asked whether messages wait in it, which are in no database: {carrier.Fault}"
                    : $"{carrier.Total + carrier.GivenUp.Values.Sum()} messages wait in RabbitMq and are in no database: start the shop, let it come to rest ('./modular topology' shows when), stop it, back it up.");
    }

    /// <summary>The carriers in which './modular run --split' has left messages.</summary>
    private string Undrained()
    {
        var file = Path.Combine(Path.GetFullPath(configuration["Data"] ?? "data"), "topology.json");
        if (!Databases.AreEmbedded(configuration) || !File.Exists(file)) return "";

        using var json = JsonDocument.Parse(File.ReadAllText(file));
        return json.RootElement.TryGetProperty("Undrained", out var carriers) ? string.Join(", ", carriers.EnumerateArray().Select(carrier => carrier.GetString())) : "";
    }

    private async Task DumpAsync(ShopDatabase database, bool hasBus, string file, SortedDictionary<string, long> rows, CancellationToken ct)
    {
        var tool = await PostgresTool.DumpAsync(await database.MajorAsync(ct), configuration, ct);
        await using var connection = await database.End.Database.OpenConnectionAsync(ct);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        var id = await ScalarAsync<string>("select pg_export_snapshot()");
        var schemas = database.Schemas(hasBus);
        Console.WriteLine($"Dumping {string.Join(", ", schemas)} of {database.End.Label} …");

        await tool.RunAsync(database.Connection, ["--format=custom", "--verbose", "--no-password", $"--snapshot={id}", $"--file={file}", .. schemas.Select(schema => $"--schema={schema}")], null, Tables.Tell("dumping contents of table "), ct);
        foreach (var schema in schemas)
            foreach (var table in await MovedTable.ListAsync(database.End, schema, ct)) rows[table.FullName] = await ScalarAsync<long>($"select count(*) from {table.FullName}");

        async Task<T> ScalarAsync<T>(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection, snapshot);
            return (T)(await command.ExecuteScalarAsync(ct))!;
        }
    }
}

/// <summary>What is not whole yet, its owner's only; gone at the end, however that comes.</summary>
internal sealed class OwnersFolder : IDisposable
{
    public OwnersFolder(string path)
    {
        Path = path;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string Path { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

/// <summary>Progress: each table as pg_dump or pg_restore comes to it.</summary>
internal static class Tables
{
    public static Action<string> Tell(string mark) => line =>
    {
        if (line.IndexOf(mark, StringComparison.Ordinal) is var at and >= 0) Console.WriteLine($"  {line[(at + mark.Length)..].Replace("\"", "", StringComparison.Ordinal)}");
    };
}
