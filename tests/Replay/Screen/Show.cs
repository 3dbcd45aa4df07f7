using Spectre.Console;

namespace Replay;

/// <summary>Shows work while it goes on: bars on a terminal, a line now and then elsewhere.</summary>
internal static class Show
{
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(5), BetweenFrames = TimeSpan.FromMilliseconds(200);

    public static async Task While(Task work, params IReadOnlyList<Tally> tallies)
    {
        if (AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected) await Bars(work, tallies);
        else await Lines(work, tallies);

        await work;
    }

    private static Task Bars(Task work, IReadOnlyList<Tally> tallies) => AnsiConsole.Progress()
        .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
        .StartAsync(async screen =>
        {
            var bars = tallies.Select(tally => (tally, bar: screen.AddTask(tally.What, maxValue: Math.Max(1, tally.Total)))).ToList();
            for (var goes = true; goes;)
            {
                goes = await Goes(work, BetweenFrames);
                foreach (var (tally, bar) in bars)
                {
                    bar.Description = Markup.Escape(tally.Line);
                    bar.Value = tally.Total == 0 ? 1 : tally.Done;
                }
            }
        });

    private static async Task Lines(Task work, IReadOnlyList<Tally> tallies)
    {
        while (await Goes(work, BetweenLines)) Print();
        if (work.IsCompletedSuccessfully) Print();

        void Print() => Console.WriteLine("  " + string.Join(" · ", tallies.Select(tally => tally.Line)));
    }

    private static async Task<bool> Goes(Task work, TimeSpan wait) => await Task.WhenAny(work, Task.Delay(wait)) != work;
}
