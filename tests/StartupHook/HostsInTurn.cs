using System.Reflection;
using System.Text.Json;

/// <summary>
/// Runs the process's program once for each line of its input, which holds the settings as environment variables, and tells how it ended. What was compiled for one run
/// is there for the next, which starts with an eighth of the CPU.
/// </summary>
internal static class HostsInTurn
{
    public const string Variable = "MODULAR_HOSTS_IN_TURN";

    /// <summary>Line of output, before the exit code.</summary>
    private const string Ended = "--- ended with exit code ";

    /// <param name="program">The name of its assembly.</param>
    public static void Run(string program)
    {
        var main = Assembly.Load(program).EntryPoint!;
        using var input = new StreamReader(Console.OpenStandardInput());
        while (input.ReadLine() is { } line)
        {
            var settings = JsonSerializer.Deserialize<Dictionary<string, string?>>(line)!;
            foreach (var (name, value) in settings) Environment.SetEnvironmentVariable(name, value);
            var code = main.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [Array.Empty<string>()], null);
            foreach (var name in settings.Keys) Environment.SetEnvironmentVariable(name, null);
            // In both streams, each of which is read for itself: after it comes nothing of this run.
            Console.WriteLine($"{Ended}{code}");
            Console.Error.WriteLine($"{Ended}{code}");
        }

        Environment.Exit(0);
    }
}
