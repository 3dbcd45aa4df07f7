using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace Host;

/// <summary>pg_dump or pg_restore, found where the server's programs are found, or in PATH.</summary>
internal sealed partial class PostgresTool(string file, int major)
{
    /// <summary>The oldest that the server does not refuse: what it writes, the most can read.</summary>
    public static async Task<PostgresTool> DumpAsync(int server, IConfiguration configuration, CancellationToken ct)
    {
        var found = await AllAsync("pg_dump", configuration, ct);
        return found.Where(tool => tool.Major >= server).MinBy(tool => tool.Major)
            ?? throw new BackupException($"There is no pg_dump of PostgreSQL {server} or later{(found.Count > 0 ? $", only {string.Join(", ", found.Select(tool => $"{tool.Major} ({tool.File})"))}" : "")}: "
                + $"the server is {server}, which an older one refuses. Install the Debian package postgresql-client-{server}, or name the folder of one by Postgres:Binaries.");
    }

    /// <summary>The newest: it reads the most, and writes to any server.</summary>
    public static async Task<PostgresTool> RestoreAsync(IConfiguration configuration, CancellationToken ct) =>
        (await AllAsync("pg_restore", configuration, ct)).MaxBy(tool => tool.Major)
            ?? throw new BackupException("There is no pg_restore: install the Debian package postgresql-client, or name the folder of one by Postgres:Binaries.");

    private int Major => major;

    private string File => file;

    private static async Task<IReadOnlyList<PostgresTool>> AllAsync(string name, IConfiguration configuration, CancellationToken ct)
    {
        var found = new List<PostgresTool>();
        foreach (var candidate in Folders(configuration).Select(folder => Path.Combine(folder, name)).Where(System.IO.File.Exists).Distinct())
            if (await MajorAsync(candidate, ct) is { } major) found.Add(new(candidate, major));
        return found;
    }

    /// <param name="input">What it reads; null: nothing.</param>
    /// <param name="tell">Told each line that it says.</param>
    public async Task RunAsync(NpgsqlConnectionStringBuilder database, IEnumerable<string> arguments, Func<Stream, Task>? input, Action<string> tell, CancellationToken ct)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        // Not as arguments, which any list of processes shows.
        foreach (var (name, value) in Settings(database)) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        await using var cancelled = ct.Register(() => process.Kill(entireProcessTree: true));
        var said = new Queue<string>();
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = Task.Run(async () =>
        {
            while (await process.StandardError.ReadLineAsync(CancellationToken.None) is { } line)
            {
                said.Enqueue(line);
                if (said.Count > 5) said.Dequeue();
                tell(line);
            }
        }, CancellationToken.None);

        try
        {
            await using var stdin = process.StandardInput.BaseStream;
            if (input is not null) await input(stdin);
        }
        // It has ended before it had read all: its words say why.
        catch (IOException) when (process.WaitForExit(5000) && process.ExitCode != 0) { }

        await Task.WhenAll(output, errors);
        await process.WaitForExitAsync(CancellationToken.None);
        ct.ThrowIfCancellationRequested();
        if (process.ExitCode != 0) throw new BackupException($"{Path.GetFileName(file)} {major} failed. Said was: {string.Join(" | ", said)}");
    }

    private static IEnumerable<string> Folders(IConfiguration configuration)
    {
        if (configuration["Postgres:Binaries"] is { } given) foreach (var folder in new[] { Path.Combine(given, "native", "bin"), Path.Combine(given, "bin"), given }) yield return folder;
        const string debian = "/usr/lib/postgresql";
        if (Directory.Exists(debian)) foreach (var version in Directory.EnumerateDirectories(debian)) yield return Path.Combine(version, "bin");
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)) yield return folder;
    }

    private static async Task<int?> MajorAsync(string file, CancellationToken ct)
    {
        using var process = Process.Start(new ProcessStartInfo(file, "--version") { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = await process.StandardOutput.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return VersionIn().Match(said) is { Success: true } match ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : null;
    }

    private static IEnumerable<(string Name, string? Value)> Settings(NpgsqlConnectionStringBuilder database)
    {
        yield return ("PGHOST", database.Host);
        yield return ("PGPORT", $"{database.Port}");
        yield return ("PGDATABASE", database.Database);
        yield return ("PGUSER", database.Username);
        yield return ("PGPASSWORD", database.Password);
        yield return ("PGAPPNAME", "modular backup");
        yield return ("PGSSLMODE", database.SslMode switch { SslMode.VerifyCA => "verify-ca", SslMode.VerifyFull => "verify-full", var mode => mode.ToString().ToLowerInvariant() });
        if (database.RootCertificate is { } root) yield return ("PGSSLROOTCERT", root);
        yield return ("LC_ALL", "C");
    }

    [GeneratedRegex(@"\(PostgreSQL\) (\d+)")]
    private static partial Regex VersionIn();
}
