namespace Launcher;

/// <summary>A host's output in a file; a full one is kept beside as .1, the one before that goes.</summary>
internal sealed class BoundedLog(string path, long most = 10_000_000) : IDisposable
{
    private readonly Lock _lock = new();
    private StreamWriter _file = Open(path);

    public string Path => path;

    public void Write(string line)
    {
        lock (_lock)
        {
            if (_file.BaseStream.Length > most)
            {
                _file.Dispose();
                File.Move(path, path + ".1", overwrite: true);
                _file = Open(path);
            }

            _file.WriteLine(line);
        }
    }

    public void Dispose()
    {
        lock (_lock) _file.Dispose();
    }

    private static StreamWriter Open(string path)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        return new StreamWriter(path, append: true) { AutoFlush = true };
    }
}
