using Shared.Testing;

namespace Bench;

/// <summary>What one order costs in every topology: each module out, and as many as can be.</summary>
internal static class CutBenchmark
{
    private const string AllInOne = "all in one process", Split = "split: Orders behind the gateway, five more hosts";

    private static readonly string[] OutsideWhenSplit = ["users", "catalog", "inventory", "billing", "shipping"];

    public static async Task<Measurement> RunAsync(Servers servers, Pace pace)
    {
        IVariant[] shops =
        [
            new ShopVariant(AllInOne, [], servers, pace),
            .. Oracle.Modules.Select(module => new ShopVariant($"{module} out, over RabbitMQ", [module], servers, pace)),
            new ShopVariant(Split, OutsideWhenSplit, servers, pace),
        ];
        var results = await Rounds.RunAsync(shops, pace.Rounds);
        return new Measurement("cut", "One order, cut in every way", AllInOne,
            [ShopVariant.Cpu, ShopVariant.Hosts, ShopVariant.Postgres, ShopVariant.Broker, ShopVariant.Statements, ShopVariant.PerSecond, ShopVariant.Memory, ShopVariant.MemoryAfter, ShopVariant.Idle],
            results,
            [Goal.Most("CPU of an order when split, as a multiple of all in one,", results.Ratio(Split, AllInOne, ShopVariant.Cpu)?.Median, 2.5)],
            OrderBenchmark.Settings(pace));
    }
}
