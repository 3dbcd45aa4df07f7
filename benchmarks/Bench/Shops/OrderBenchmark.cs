using Shared.Testing;

namespace Bench;

/// <summary>What one order costs when all modules are in one process, and what that process costs while nothing happens.</summary>
internal static class OrderBenchmark
{
    private const string AllInOne = "all in one process";

    // As large as the processor's cache by default, which is hundreds of megabytes on some servers.
    private static readonly (string Name, string Size)[] YoungestGenerations = [("… DOTNET_GCgen0size=0x1000000", "0x1000000"), ("… DOTNET_GCgen0size=0x400000", "0x400000")];

    public static async Task<Measurement> RunAsync(Servers servers, Pace pace)
    {
        var shop = new ShopVariant(AllInOne, TopologyUnderTest.Parse("all-in-one"), servers, pace);
        var smaller = YoungestGenerations.Select(young => new ShopVariant(young.Name, TopologyUnderTest.Parse("all-in-one"), servers, pace, new Dictionary<string, string?> { ["DOTNET_GCgen0size"] = young.Size }));
        var results = await Rounds.RunAsync([shop, .. smaller], pace.Rounds);
        return new Measurement("order", "One order, all in one process", AllInOne,
            [ShopVariant.Cpu, ShopVariant.Hosts, ShopVariant.Postgres, ShopVariant.Statements, ShopVariant.PerSecond, ShopVariant.Memory, ShopVariant.MemoryAfter, ShopVariant.Idle, ShopVariant.IdleCpu],
            results,
            [
                Goal.Most("MB of memory of six modules after their start", results.Of(AllInOne, ShopVariant.Memory)?.Median, 180),
                Goal.Most("statements/s of six modules at rest", results.Of(AllInOne, ShopVariant.Idle)?.Median, 120),
                Goal.Most("later: statements/s of six modules at rest", results.Of(AllInOne, ShopVariant.Idle)?.Median, 60),
            ],
            Settings(pace),
            $"The statements of the last round, at rest:\n\n{shop.Profile.AtRest}\nUnder orders:\n\n{shop.Profile.UnderOrders}");
    }

    public static IReadOnlyList<string> Settings(Pace pace) =>
    [
        $"An order of one line goes from placed over reserved and paid to confirmed, with its shipment made; {80 * pace.Some:N0} orders a round over {ShopVariant.Connections} connections and {ShopVariant.Products} products, after lots of as many that warm up the freshly started processes, until one is no quicker than those before it.",
        "CPU: of all hosts, PostgreSQL and the broker, user and system, from the first order until the last is confirmed, divided by the orders; polling included, the load generator left out.",
        $"At rest: for {pace.Window.TotalSeconds:0.#} s, {pace.WarmUp.TotalSeconds:0.#} s after the start and before the first order; BEGIN and COMMIT count as statements. MB: 10^6 bytes resident, all hosts together, without PostgreSQL and the broker.",
    ];
}
