namespace Shared.Testing;

/// <summary>The last lines that a child process wrote: enough to see why it died, bounded however long it runs.</summary>
internal sealed class RecentOutput
{
    private const int Lines = 2_000;

    private readonly Queue<string> _lines = new();

    public void Add(string line)
    {
        lock (_lines)
        {
            _lines.Enqueue(line.Length <= 4_000 ? line : line[..4_000] + "…");
            if (_lines.Count > Lines)
                _lines.Dequeue();
        }
    }

    public string Last(int lines)
    {
        lock (_lines)
            return string.Join('\n', _lines.TakeLast(lines));
    }

    public override string ToString() => Last(Lines);
}
