using System.CommandLine;
using Shared.Testing;

namespace Bench;

/// <summary><c>./modular bench write|hop|order|cut</c>.</summary>
internal static class CommandLine
{
    private static readonly (string Name, string What, Pace Pace, Func<Servers, Pace, Task<Measurement>> Run)[] Benchmarks =
    [
        ("write", "POST of an order, against one hand-written batch and EF Core.", Pace.Full, WriteBenchmark.RunAsync),
        ("hop", "An event from committed to handled, against Wolverine's own monolith and a hand-written outbox.", Pace.Full, HopBenchmark.RunAsync),
        // Shops are started anew, and warmed up, for each round: three rounds of nine take as long as the other benchmarks together.
        ("order", "One order's way, all modules in one process: CPU, memory, statements, also at rest.", Pace.Full with { Rounds = 3 }, OrderBenchmark.RunAsync),
        ("cut", "One order's CPU in one process, with each module out, and split.", Pace.Full with { Rounds = 3, Some = 6 }, CutBenchmark.RunAsync),
    ];

    public static Task<int> RunAsync(string[] args)
    {
        var quick = new Option<bool>("--quick") { Description = "Few short rounds, to see that it works; written to artifacts/measured.", Recursive = true };
        var folder = new Option<string?>("--out") { Description = "Where the page is written (default: docs/measured).", Recursive = true };
        var root = new RootCommand("Measures Modular against other ways to do the same, all of them in one run, in turn.") { quick, folder };
        foreach (var (name, what, full, run) in Benchmarks)
        {
            var command = new Command(name, what);
            command.SetAction(async parsed =>
            {
                var pace = parsed.GetValue(quick) ? Pace.Short : full;
                await RunAsync(run, pace, parsed.GetValue(folder) ?? (pace.Quick ? "artifacts/measured" : "docs/measured"));
            });
            root.Add(command);
        }

        return root.Parse(args).InvokeAsync();
    }

    private static async Task RunAsync(Func<Servers, Pace, Task<Measurement>> run, Pace pace, string folder)
    {
        if (!pace.Quick) await Machine.UntilQuietAsync(TimeSpan.FromMinutes(3));
        var load = Machine.Load;
        if (load > Environment.ProcessorCount) Console.Error.WriteLine($"The machine is busy (load {load}): what others do is measured too.");

        // Hosts that are stopped tell their last lines, for tests.
        var screen = Console.Out;
        Console.SetOut(TextWriter.Null);
        await using var servers = await Servers.StartAsync();
        var measurement = await run(servers, pace);
        var environment = $"""
            {TimeProvider.System.GetUtcNow():yyyy-MM-dd}, `./modular bench {measurement.Name}{(pace.Quick ? " --quick" : "")}`, {pace}. {Machine.Describe()}; everything on this one machine: load generator, hosts, {await servers.DescribeAsync()}.
            Load of the machine before the run: {load:0.0#}.
            """;
        Console.SetOut(screen);
        Page.Write(measurement, environment, folder);
    }
}
