using System.Diagnostics;

namespace Replay;

/// <summary>The whole replay: read, prepare, place, deliver, wait until the shop is at rest, reconcile.</summary>
internal static class Command
{
    private const int Reconciled = 0, Different = 1, NotRun = 2;

    public static async Task<int> Run(IReadOnlyList<string> arguments)
    {
        try
        {
            var options = Options.Parse(arguments);
            var begin = Stopwatch.GetTimestamp();
            await using var file = File.OpenRead(options.File);
            var plan = Plan.Of(Sales.Read(file), options.Orders);
            Console.WriteLine(plan.Describe(Stopwatch.GetElapsedTime(begin)));

            return options.DryRun ? Reconciled : NotRun;
        }
        catch (ArgumentException wrong)
        {
            Console.Error.WriteLine(wrong.Message + Environment.NewLine + Options.Usage);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException or ShopException)
        {
            Console.Error.WriteLine(fault.Message);
        }

        return NotRun;
    }
}
