using Shared.Testing;

namespace Bench;

/// <summary>What one order costs in every topology: each module out, and all of them.</summary>
internal static class CutBenchmark
{
    private const string AllInOne = "all in one process", Split = "split over RabbitMQ: seven hosts";

    public static async Task<Measurement> RunAsync(Servers servers, Pace pace)
    {
        IVariant[] shops =
        [
            Shop(AllInOne, "all-in-one"),
            .. Oracle.Modules.Select(module => Shop($"{module} out over RabbitMQ", $"{module}-out")),
            Shop(Split, "split"),
            Shop("split over PostgreSQL: seven hosts", "split-postgres"),
        ];
        var results = await Rounds.RunAsync(shops, pace.Rounds);
        return new Measurement("cut", "One order, cut in every way", AllInOne,
            [ShopVariant.Cpu, ShopVariant.Hosts, ShopVariant.Postgres, ShopVariant.Broker, ShopVariant.Statements, ShopVariant.PerSecond, ShopVariant.Memory, ShopVariant.MemoryAfter, ShopVariant.Idle],
            results,
            [Goal.Most("CPU of an order when split, as a multiple of all in one,", results.Ratio(Split, AllInOne, ShopVariant.Cpu)?.Median, 2.5)],
            OrderBenchmark.Settings(pace));

        IVariant Shop(string name, string topology) => new ShopVariant(name, TopologyUnderTest.Parse(topology), servers, pace);
    }
}
