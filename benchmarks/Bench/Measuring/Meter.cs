namespace Bench;

/// <summary>What some work cost: seconds of CPU of a variant's hosts and of the servers, and statements in its database.</summary>
internal readonly record struct Cost(double Hosts, double Postgres, double Broker, long Statements)
{
    public double Cpu => Hosts + Postgres + Broker;

    public static Cost operator -(Cost after, Cost before) =>
        new(after.Hosts - before.Hosts, after.Postgres - before.Postgres, after.Broker - before.Broker, after.Statements - before.Statements);
}

/// <summary>Reads what a variant has cost so far. The load generator is this process and never counted.</summary>
/// <param name="usesBroker">Whether the variant does; another's may be running.</param>
internal sealed class Meter(Servers servers, string database, bool usesBroker, params IReadOnlyList<int> hosts)
{
    public async Task<Cost> OfAsync(Func<Task> work)
    {
        var statements = await servers.StatementsAsync(database);
        var before = Read();
        await work();
        var after = Read();
        return (after - before) with { Statements = await servers.StatementsAsync(database) - statements };
    }

    private Cost Read()
    {
        var tree = ProcessTree.Now();
        var postgres = tree.Child("postgres") ?? throw new InvalidOperationException("PostgreSQL is not a child of this process: its CPU cannot be read.");
        return new Cost(hosts.Sum(tree.CpuOf), tree.CpuOf(postgres), usesBroker && tree.Child("beam.smp") is { } broker ? tree.CpuOf(broker) : 0, 0);
    }
}
