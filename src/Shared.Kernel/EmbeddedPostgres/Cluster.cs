using System.Runtime.Versioning;
using System.Security.Cryptography;
using Npgsql;

namespace Shared.Kernel;

/// <summary>postgres/ in the data folder, owned by the server's account: cluster/ (PostgreSQL's own), log/, password. Changed under the <see cref="DataFolderLock"/>.</summary>
internal sealed class Cluster(string dataFolder)
{
    public string DataFolder { get; } = Path.TrimEndingDirectorySeparator(Path.GetFullPath(dataFolder));
    public string Files => Path.Combine(Home, "cluster");
    public string Logs => Path.Combine(Home, "log");
    public string[] LogFiles => Directory.Exists(Logs) ? Directory.GetFiles(Logs) : [];
    private string Home => Path.Combine(DataFolder, "postgres");

    /// <summary>Whose the server is; null: the host's own.</summary>
    public string? Account { get; private set; }

    /// <summary>The major version that made the data; null if there is none yet.</summary>
    public string? MadeBy => File.Exists(Path.Combine(Files, "PG_VERSION")) ? File.ReadAllText(Path.Combine(Files, "PG_VERSION")).Trim() : null;

    public string ConnectionString(int port) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1", Port = port, Username = "postgres", Password = File.ReadAllText(Path.Combine(Home, "password")), Database = "postgres",
    }.ConnectionString;

    /// <summary>PostgreSQL refuses root: then the owner of the data there is, else postgres, else nobody.</summary>
    public async Task ChooseAccount(CancellationToken ct)
    {
        if (!Environment.IsPrivilegedProcess) return;

        var owner = Directory.Exists(Home) ? await Tool.Run(null, "stat", ["-c", "%U", Home], ct) : null;
        Account = owner is not (null or "root" or "UNKNOWN") ? owner
            : File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";
        if (owner is "root" or "UNKNOWN") await Tool.Run(null, "chown", ["-R", Account, Home], ct); // restored by root, or from another machine
    }

    public void DropHalfMade()
    {
        foreach (var left in Directory.GetDirectories(DataFolder, "postgres.new-*"))
            try { Directory.Delete(left, recursive: true); }
            catch (IOException) { } // the initdb of a killed host still writes there; it ends by itself, and the rest goes at the next start
    }

    /// <summary>Made beside its place and moved there whole: a kill in between leaves nothing that looks like a cluster.</summary>
    [UnsupportedOSPlatform("windows")]
    public async Task Initialise(string binaries, CancellationToken ct)
    {
        const UnixFileMode owners = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var made = Directory.CreateDirectory(Path.Combine(DataFolder, $"postgres.new-{Guid.CreateVersion7():N}"), owners | UnixFileMode.UserExecute).FullName;
        await File.WriteAllTextAsync(Path.Combine(made, "password"), RandomNumberGenerator.GetHexString(48), ct);
        File.SetUnixFileMode(Path.Combine(made, "password"), owners);
        if (Account is not null) await Tool.Run(null, "chown", ["-R", Account, made], ct);

        await Tool.Run(Account, Path.Combine(binaries, "initdb"),
        [
            "-D", Path.Combine(made, "cluster"), $"--pwfile={Path.Combine(made, "password")}", "--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8",
        ], ct);
        Directory.Move(made, Home);
    }
}
