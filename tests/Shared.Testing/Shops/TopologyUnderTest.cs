using Shared.Kernel;

namespace Shared.Testing;

/// <summary>
/// The topology in which a test that names none finds its shop: all in one, unless <see cref="Variable"/> says another. So the same tests run unchanged in every topology.
/// </summary>
/// <param name="ServerEach">Whether each module's data is on a PostgreSQL server of its own.</param>
public sealed record TopologyUnderTest(TopologyPlan Plan, bool ServerEach)
{
    /// <summary>Environment variable: <c>all-in-one</c>, <c>inventory-out</c> (or another module), <c>split</c> (over RabbitMQ), <c>split-postgres</c>, <c>split-servers</c>.</summary>
    public const string Variable = "MODULAR_TOPOLOGY";

    public static TopologyUnderTest Current { get; } = Parse(Environment.GetEnvironmentVariable(Variable) ?? "all-in-one");

    public static TopologyUnderTest Parse(string name) => name switch
    {
        "all-in-one" => new(TopologyPlan.AllInOne, false),
        "split" => new(new TopologyPlan(Oracle.Modules, Carrier.RabbitMq), false),
        "split-postgres" => new(new TopologyPlan(Oracle.Modules, Carrier.Postgres), false),
        "split-servers" => new(new TopologyPlan(Oracle.Modules, Carrier.RabbitMq), true),
        _ when name.EndsWith("-out", StringComparison.Ordinal) && Oracle.Modules.Contains(name[..^4]) => new(new TopologyPlan([name[..^4]], Carrier.RabbitMq), false),
        _ => throw new ArgumentException($"{Variable} is '{name}'. Known: all-in-one, split, split-postgres, split-servers, and {string.Join(", ", Oracle.Modules.Select(module => module + "-out"))}."),
    };
}
