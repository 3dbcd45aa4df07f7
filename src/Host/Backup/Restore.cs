namespace Host;

/// <summary>A backup into databases that have nothing of the shop yet. Roles and their passwords are made anew, by this shop's settings.</summary>
internal sealed class Restore(ShopDatabases shop, IConfiguration configuration)
{
    public async Task RunAsync(string file, Contents contents, CancellationToken ct)
    {
        foreach (var database in shop.All.Where(database => database.End.IsThere)) await MustBeEmptyAsync(database, ct);
        Console.WriteLine($"{file} was made at {contents.At:u} by Modular {contents.Version} on PostgreSQL {contents.Server}.");

        var tool = await PostgresTool.RestoreAsync(configuration, ct);
        await shop.Roles.ProvisionAsync([.. contents.Dumps.SelectMany(dump => dump.Modules)], ct);
        foreach (var database in shop.All)
            foreach (var dump in contents.Dumps)
            {
                var bus = database.HasBus && dump.HasBus;
                string[] schemas = [.. database.Modules.Intersect(dump.Modules), .. bus ? ["bus"] : (string[])[]];
                if (schemas.Length == 0) continue;

                Console.WriteLine($"Restoring {string.Join(", ", schemas)} into {database.End.Label} …");
                if (bus) await database.End.RunAsync("create schema if not exists bus", ct);
                await BackupFile.ReadAsync(file, dump, data => tool.RunAsync(
                    database.Connection,
                    ["--verbose", "--no-password", "--single-transaction", "--exit-on-error", $"--dbname={database.Connection.Database}", .. schemas.Select(schema => $"--schema={schema}")],
                    pipe => data.CopyToAsync(pipe, ct), Tables.Tell("processing data for table "), ct), ct);
                await database.End.RunAsync("analyze", ct);
            }

        await CompareAsync(contents, ct);
    }

    private static async Task MustBeEmptyAsync(ShopDatabase database, CancellationToken ct)
    {
        foreach (var schema in database.Schemas(database.HasBus))
            if ((await database.End.ReadAsync($"select exists (select 1 from pg_class where relnamespace = to_regnamespace('{schema}'))", row => row.GetBoolean(0), ct))[0])
                throw new BackupException($"{database.End.Label} has the schema '{schema}' already: a backup is restored beside a shop, never over one. Nothing was changed. Name another database or data folder; or, if nobody needs what is there, in that database: drop schema if exists {string.Join(", ", database.Schemas(database.HasBus))} cascade");
    }

    private async Task CompareAsync(Contents contents, CancellationToken ct)
    {
        var wrong = new List<string>();
        foreach (var database in shop.All)
            foreach (var (table, rows) in contents.Rows.Where(entry => database.Schemas(database.HasBus).Contains(entry.Key.Split('.')[0])))
                if ((await database.End.ReadAsync($"select count(*) from {table}", row => row.GetInt64(0), ct))[0] is var now && now != rows) wrong.Add($"{table} has {now} rows, the backup says {rows}");
        if (wrong.Count > 0) throw new BackupException($"Restored, but not equal: {string.Join("; ", wrong)}. Did a host start meanwhile? Drop it and restore again.");

        Console.WriteLine($"Restored: {contents.Rows.Values.Sum():N0} rows in {contents.Rows.Count} tables, as many as in the backup. Start the shop with these settings, and with the Users:Keys:Secret and the clients of the old one, which are not in the file.");
    }
}
