namespace Shared.Testing;

/// <summary>
/// A temporary folder of this process. It is removed when disposed, and folders of processes that were killed are removed by the next one that makes its own:
/// beside each folder lies a lock file, which the kernel unlocks when its owner dies.
/// </summary>
public sealed class OwnFolder : IDisposable
{
    private static readonly string Root = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"modular-tests-{Environment.UserName}");

    private readonly FileStream _lock;

    private OwnFolder(string path, FileStream @lock)
    {
        Path = path;
        _lock = @lock;
    }

    public string Path { get; }

    /// <summary>Makes <c>…/postgres-0198…</c> for <paramref name="purpose"/> "postgres". Others may enter it: a server that runs as another user has its data below.</summary>
    public static OwnFolder Create(string purpose)
    {
        Directory.CreateDirectory(Root);
        RemoveThoseOfTheDead();

        var path = System.IO.Path.Combine(Root, $"{purpose}-{Guid.CreateVersion7():N}");
        var held = new FileStream(path + ".lock", FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);   // before the folder: who sees the folder sees the lock
        Directory.CreateDirectory(path);
        return new OwnFolder(path, held);
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
            File.Delete(Path + ".lock");
        }
        catch (IOException)
        {
            // Somebody still writes there: the next process that makes a folder removes this one.
        }
        _lock.Dispose();
    }

    private static void RemoveThoseOfTheDead()
    {
        foreach (var folder in Directory.GetDirectories(Root))
        {
            try
            {
                using var held = new FileStream(folder + ".lock", FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                Directory.Delete(folder, recursive: true);
                File.Delete(folder + ".lock");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Its owner lives, or another process is removing it: not ours to remove.
            }
        }
    }
}
