using System.Diagnostics;

namespace Replay;

/// <summary>How far one kind of work is; counted by many at once, read by the screen.</summary>
internal sealed class Tally(string what, int total)
{
    private readonly Stopwatch _since = new();
    private int _done, _before;
    private TimeSpan _took;

    public string What => what;
    public int Total => total;
    public int Done => _done + _before;

    /// <summary>From the first to the latest piece done; what was done before does not count.</summary>
    public double PerSecond => _took > TimeSpan.Zero ? _done / _took.TotalSeconds : 0;

    public void Begin() => _since.Start();

    /// <summary>So many were done by an earlier, interrupted run.</summary>
    public void Before(int many) => _before = many;

    public void One(int many = 1)
    {
        Interlocked.Add(ref _done, many);
        _took = _since.Elapsed;
    }

    /// <summary>What is worth saying besides the numbers.</summary>
    public string Note { get; set; } = "";

    public string Line => Note != "" ? $"{what}: {Note}" : $"{what}: {Done:N0} of {total:N0}" + (_before > 0 ? $" ({_before:N0} before)" : "") + (_took > TimeSpan.FromSeconds(1) ? $", {PerSecond:N0}/s" : "");
}
