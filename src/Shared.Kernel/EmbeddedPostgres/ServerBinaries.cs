namespace Shared.Kernel;

/// <summary>Finds initdb and postgres: in the configured folder and no other; else the downloaded ones, the system's newest, PATH.</summary>
internal static class ServerBinaries
{
    public static async Task<string> Find(string? configured, Cluster cluster, CancellationToken ct)
    {
        var downloaded = Path.Combine(cluster.DataFolder, "postgres-binaries");
        var path = Environment.GetEnvironmentVariable("PATH")?.Split(':') ?? [];
        var found = (configured is not null ? Layouts(Path.GetFullPath(configured)) : [.. Layouts(downloaded), .. System(), .. path])
            .Where(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres"))).Distinct().ToArray();

        if (found.Length == 0)
            throw new EmbeddedPostgresException($"There are no initdb and postgres in {configured ?? $"{downloaded}, /usr/lib/postgresql and PATH"}: without a connection string "
                + "the host runs its own server. Install the Debian package postgresql, or set Postgres:Binaries to a server's bin folder, or configure a connection string.");

        if (cluster.MadeBy is not { } madeBy) return found[0];
        foreach (var folder in found)
            if ((await Tool.Run(cluster.Account, Path.Combine(folder, "postgres"), ["--version"], ct)).Contains($" {madeBy}.")) // postgres (PostgreSQL) 15.14 (Debian …)
                return folder;
        throw new EmbeddedPostgresException($"The data in {cluster.DataFolder} was made by PostgreSQL {madeBy}, found were {string.Join(", ", found)}: a server reads its own "
            + $"major version's data only. Install postgresql-{madeBy} or set Postgres:Binaries to it, or move the data with pg_dump.");
    }

    private static IEnumerable<string> Layouts(string folder) => [Path.Combine(folder, "native", "bin"), Path.Combine(folder, "bin"), folder];

    private static IEnumerable<string> System() => !Directory.Exists("/usr/lib/postgresql") ? [] : Directory.EnumerateDirectories("/usr/lib/postgresql")
        .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out var major) ? major : 0).Select(folder => Path.Combine(folder, "bin"));
}
