using System.Globalization;
using System.Runtime.InteropServices;

namespace Bench;

/// <summary>On what was measured: figures of one machine are believed as ratios only.</summary>
internal static class Machine
{
    /// <summary>How many threads wanted a core over the last minute: above the number of cores, others were measured too.</summary>
    public static double Load => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);

    public static string Describe()
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / Math.Pow(2, 30);
        return $"{Environment.ProcessorCount} cores ({Model()}), {memory:0} GB of memory, {RuntimeInformation.FrameworkDescription}";
    }

    private static string Model()
    {
        var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal));
        return model?.Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
