namespace Shared.Kernel;

/// <summary>One host per data folder. The lock is the operating system's (flock): it ends with the process, however that ends.</summary>
internal static class DataFolderLock
{
    public static async Task<FileStream> Take(string dataFolder, CancellationToken ct)
    {
        Directory.CreateDirectory(dataFolder);
        for (var attempt = 1; attempt <= 10; attempt++)
        {
            if (Open(dataFolder, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None) is { } held) return held;
            await Task.Delay(50, ct); // not every holder is a host: IsHeld holds it for an instant
        }
        throw new EmbeddedPostgresException($"Another host, process {File.ReadAllText(Holder(dataFolder))}, runs its PostgreSQL in {dataFolder}: "
            + "a data folder serves one host at a time. Stop that one, or choose another data folder.");
    }

    /// <summary>Says who holds it, for the message above.</summary>
    public static void Sign(string dataFolder) => File.WriteAllText(Holder(dataFolder), $"{Environment.ProcessId}");

    public static bool IsHeld(string dataFolder)
    {
        if (!File.Exists(Path.Combine(dataFolder, "postgres.lock"))) return false;
        using var free = Open(dataFolder, FileMode.Open, FileAccess.Read, FileShare.Read);
        return free is null;
    }

    private static string Holder(string dataFolder) => Path.Combine(dataFolder, "postgres.host"); // nobody else can read the locked file

    private static FileStream? Open(string dataFolder, FileMode mode, FileAccess access, FileShare share)
    {
        const int heldElsewhere = 11; // EWOULDBLOCK
        try { return new FileStream(Path.Combine(dataFolder, "postgres.lock"), mode, access, share); }
        catch (IOException error) when (error.HResult == heldElsewhere) { return null; }
    }
}
