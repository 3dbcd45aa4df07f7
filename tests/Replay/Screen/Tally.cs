using System.Diagnostics;

namespace Replay;

/// <summary>How far one kind of work is; counted by many at once, read by the screen.</summary>
internal sealed class Tally(string what, int total)
{
    private readonly Stopwatch _since = new();
    private int _done;
    private TimeSpan _took;

    public string What => what;
    public int Total => total;
    public int Done => _done;

    /// <summary>From the first to the latest piece done.</summary>
    public double PerSecond => _took > TimeSpan.Zero ? _done / _took.TotalSeconds : 0;

    public void Begin() => _since.Start();

    public void One(int many = 1)
    {
        Interlocked.Add(ref _done, many);
        _took = _since.Elapsed;
    }

    /// <summary>What is worth saying besides the numbers.</summary>
    public string Note { get; set; } = "";

    public string Line => Note != "" ? $"{what}: {Note}" : $"{what}: {_done:N0} of {total:N0}" + (_took > TimeSpan.FromSeconds(1) ? $", {PerSecond:N0}/s" : "");
}
