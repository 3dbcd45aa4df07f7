namespace Bench;

/// <summary>The processes that this one has started, with those that they have started, at one moment: from /proc.</summary>
internal sealed class ProcessTree
{
    // proc(5), counted from the field after the program's name in brackets.
    private const int Parent = 1, UserTicks = 11, ChildrensSystemTicks = 14;
    private const double TicksPerSecond = 100;

    private readonly Dictionary<int, (string Name, int Parent, double Seconds)> _processes = [];

    private ProcessTree()
    {
        foreach (var folder in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var id)) continue;
            try
            {
                var stat = File.ReadAllText($"{folder}/stat");
                var (open, close) = (stat.IndexOf('('), stat.LastIndexOf(')'));
                var fields = stat[(close + 2)..].Split(' ');
                // Its own time and that of its children that have ended: a server's sessions come and go.
                var ticks = fields[UserTicks..(ChildrensSystemTicks + 1)].Sum(long.Parse);
                _processes[id] = (stat[(open + 1)..close], int.Parse(fields[Parent]), ticks / TicksPerSecond);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                // It ended meanwhile; its time is its parent's now.
            }
        }
    }

    public static ProcessTree Now() => new();

    /// <summary>Seconds of CPU, user and system, of a process and all below it.</summary>
    public double CpuOf(int process) => Below(process).Sum(id => _processes[id].Seconds);

    /// <summary>The child of this process that is such a program, or has one below it.</summary>
    public int? Child(string program)
    {
        foreach (var (child, _) in _processes.Where(process => process.Value.Parent == Environment.ProcessId))
            if (Below(child).Any(id => _processes[id].Name.StartsWith(program, StringComparison.Ordinal))) return child;
        return null;
    }

    /// <summary>Megabytes (10^6 bytes) in memory of one process.</summary>
    public static double MemoryOf(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024 / 1e6;
    }

    private IEnumerable<int> Below(int process) =>
        _processes.ContainsKey(process) ? _processes.Where(other => other.Value.Parent == process).SelectMany(child => Below(child.Key)).Prepend(process) : [];
}
