namespace Launcher;

/// <summary>What the person at the terminal is told.</summary>
internal static class Screen
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2), BetweenLines = TimeSpan.FromSeconds(5);

    /// <summary>A step that takes long is named, and again while it goes on.</summary>
    public static async Task<T> Step<T>(string what, Task<T> work)
    {
        var begin = TimeProvider.System.GetTimestamp();
        for (var wait = Silence; await Task.WhenAny(work, Task.Delay(wait)) != work; wait = BetweenLines)
            Console.WriteLine($"  {what} … {TimeProvider.System.GetElapsedTime(begin).TotalSeconds:0} s");

        return await work;
    }

    public static Task Step(string what, Task work) => Step(what, Wrapped(work));

    public static void Table(params IReadOnlyList<string[]> rows)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows) Console.WriteLine("  " + string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    private static async Task<bool> Wrapped(Task work)
    {
        await work;
        return true;
    }
}
