using System.Diagnostics;
using Npgsql;
using Shared.Testing;

namespace Replay;

/// <summary>The whole replay: read, prepare, place and deliver, wait until the shop is at rest, reconcile.</summary>
internal static class Command
{
    private const int Reconciled = 0, Different = 1, NotRun = 2, Interrupted = 130;

    // A message in a broker is in no database: what looks wrong must still look so after a while.
    private static readonly TimeSpan BeforeSecondLook = TimeSpan.FromSeconds(5), UntilRest = TimeSpan.FromMinutes(5);

    public static async Task<int> Run(IReadOnlyList<string> arguments)
    {
        using var interrupt = new CancellationTokenSource();
        Console.CancelKeyPress += (_, key) => { key.Cancel = true; interrupt.Cancel(); };
        try
        {
            var options = Options.Parse(arguments);
            var plan = Read(options);
            if (options.DryRun) return Reconciled;
            if (options.Own is null) return await Replay(options, plan, null, interrupt.Token);

            Console.WriteLine($"A shop of its own is started, {(options.Own.Plan.Outside.Count == 0 ? "all in one process" : $"with {string.Join(", ", options.Own.Plan.Outside)} out, over {options.Own.Plan.Carrier}")}{(options.Own.ServerEach ? ", a PostgreSQL server for each module" : "")} …");
            await using var own = await OwnShop.StartAsync(options.Own, interrupt.Token);
            Console.WriteLine($"Its hosts: {own}. One that is killed is started again.");
            return await Replay(options with { Url = own.Address }, plan, own.Oracle, interrupt.Token);
        }
        catch (ArgumentException wrong)
        {
            Console.Error.WriteLine(wrong.Message + Environment.NewLine + Options.Usage);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException or ShopException or NpgsqlException)
        {
            Console.Error.WriteLine(fault.Message);
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            Console.Error.WriteLine("Interrupted. On the same shop the same command goes on where this one stopped.");
            return Interrupted;
        }

        return NotRun;
    }

    private static Plan Read(Options options)
    {
        var begin = Stopwatch.GetTimestamp();
        using var file = File.OpenRead(options.File);
        var plan = Plan.Of(Sales.Read(file), options.Orders);
        Console.WriteLine(plan.Describe(Stopwatch.GetElapsedTime(begin)));
        return plan;
    }

    private static async Task<int> Replay(Options options, Plan plan, Oracle? own, CancellationToken ct)
    {
        var (program, token) = own is null ? Credentials.OfEnvironment() : (ShopProgram.Operator, null);
        using var shop = new ShopClient(options.Url, options.Patience, program, token);
        var database = new ShopDatabase(options.Database, options.DataFolder, options.Patience, own);
        await shop.Answers(ct);
        await database.Motion(ct);
        Console.WriteLine($"The shop is {options.Url}, over {options.Connections} connections.");

        var preparation = new Preparation(shop, plan, options.Connections);
        await preparation.Run(ct);

        var begin = Stopwatch.GetTimestamp();
        var backlog = new Backlog();
        var placement = new Placement(shop, plan, preparation.Customers, backlog, options.Connections, options.OrdersPerSecond);
        var delivery = new Delivery(shop, plan, placement, backlog, options.Connections, async cancel => (await database.Motion(cancel)).IsRest);
        await delivery.Prepare(ct);
        await Show.While(PlaceAndDeliver(placement, delivery, ct), placement.Placed, placement.Cancelled, delivery.Delivered);

        var rest = new Tally("coming to rest", 1);
        var resting = UntilAtRest(database, rest, ct);
        await Show.While(resting, rest);
        var took = Stopwatch.GetElapsedTime(begin);

        var compared = new Tally("comparing", 1);
        var comparing = Reconcile(database, new Reconciliation(plan, preparation.Customers, placement.Orders), placement.RefusedKeys, isAtRest: await resting is null, compared, ct);
        await Show.While(comparing, compared);

        var result = await comparing;
        Console.WriteLine();
        Console.WriteLine(result.Text);
        Console.WriteLine($"{plan.Orders.Count:N0} orders in {took.TotalSeconds:N1} s, from the first one placed until the shop was at rest: {plan.Orders.Count / took.TotalSeconds:N1} orders/s (placed {placement.Placed.PerSecond:N1}/s, delivered {delivery.Delivered.PerSecond:N1}/s).");
        Console.WriteLine($"Requests that were repeated: {shop.Repeated:N0}; the longest wait for an answer was {shop.LongestWait.TotalSeconds:N1} s.");
        if (options.Result is { } file && await resting is null)
        {
            await File.WriteAllTextAsync(file, await database.Patiently(oracle => BusinessResult.Of(oracle, preparation.Customers, placement.Orders, ct), ct), ct);
            Console.WriteLine($"The result is in {file}.");
        }

        return Judge(result.IsEqual, [.. await resting is { } restless ? [restless] : (string[])[], .. preparation.RefusedProducts, .. placement.Faults, .. delivery.Faults]);
    }

    private static async Task PlaceAndDeliver(Placement placement, Delivery delivery, CancellationToken ct)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var placing = placement.Run(both.Token);
        var delivering = delivery.Run(placing, both.Token);

        // The first to fail is the one to tell of.
        var first = await Task.WhenAny(placing, delivering);
        if (!first.IsCompletedSuccessfully)
        {
            await both.CancelAsync();
            await Task.WhenAll(placing, delivering).ContinueWith(_ => { }, TaskScheduler.Default);
            await first;
        }

        await Task.WhenAll(placing, delivering);
    }

    /// <returns>What still moves when time is up; it is compared all the same.</returns>
    private static async Task<string?> UntilAtRest(ShopDatabase database, Tally tally, CancellationToken ct)
    {
        try
        {
            await Rest.Until(database.Motion, UntilRest, motion => tally.Note = $"{motion}", ct);
            tally.One();
            return null;
        }
        catch (TimeoutException restless)
        {
            return restless.Message;
        }
    }

    private static async Task<Reconciliation.Result> Reconcile(
        ShopDatabase database, Reconciliation reconciliation, IReadOnlyCollection<string> refusedKeys, bool isAtRest, Tally tally, CancellationToken ct)
    {
        var result = await database.Patiently(oracle => reconciliation.Run(oracle, refusedKeys, ct), ct);
        if (!result.IsEqual && isAtRest)
        {
            tally.Note = "something differs; a second look in a moment";
            await Task.Delay(BeforeSecondLook, ct);
            result = await database.Patiently(oracle => reconciliation.Run(oracle, refusedKeys, ct), ct);
        }

        tally.One();
        return result;
    }

    private static int Judge(bool isEqual, IReadOnlyList<string> faults)
    {
        foreach (var fault in faults.Take(10)) Console.WriteLine($"  {fault}");
        if (faults.Count > 10) Console.WriteLine($"  … and {faults.Count - 10:N0} more");

        if (isEqual && faults.Count == 0)
        {
            Console.WriteLine("Reconciled: every figure is equal and every rule holds.");
            return Reconciled;
        }

        Console.WriteLine("NOT reconciled.");
        return Different;
    }
}
