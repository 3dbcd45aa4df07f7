using System.Globalization;
using System.Runtime.InteropServices;

namespace Bench;

/// <summary>On what was measured: figures of one machine are believed as ratios only.</summary>
internal static class Machine
{
    /// <summary>How many threads wanted a core over the last minute: above the number of cores, others were measured too.</summary>
    public static double Load => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);

    /// <summary>Waits while the machine still works off what was before, such as the build of what is to be measured; not longer than this.</summary>
    public static async Task UntilQuietAsync(TimeSpan patience)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (Load > Environment.ProcessorCount / 2.0 && TimeProvider.System.GetElapsedTime(begin) < patience)
        {
            Console.Error.WriteLine($"  the machine is busy (load {Load}): waiting …");
            await Task.Delay(TimeSpan.FromSeconds(15));
        }
    }

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
