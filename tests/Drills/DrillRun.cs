using Shared.Testing;

namespace Drills;

/// <summary>One drill under way: a shop on servers of its own, with a wire to each that may be cut, and customers.</summary>
internal sealed class DrillRun(Shop shop, Load load, PostgresServer postgres, RabbitMqServer broker, TcpProxy toPostgres, TcpProxy toBroker)
{
    public Shop Shop => shop;
    public Load Load => load;
    public PostgresServer Postgres => postgres;
    public RabbitMqServer Broker => broker;
    public TcpProxy ToPostgres => toPostgres;
    public TcpProxy ToBroker => toBroker;

    /// <summary>More lines for the report.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Lets the fault last; customers go on meanwhile.</summary>
    public static Task LastsAsync(int seconds) => Task.Delay(TimeSpan.FromSeconds(seconds));

    /// <summary>kill -9, and three seconds later the orchestrator starts it again.</summary>
    public async Task KillAndRestartAsync(string host)
    {
        shop[host].Kill();
        await shop[host].WaitForExitAsync();
        await shop.StopHostAsync(host);
        await LastsAsync(3);
        await shop.StartHostAsync(host);
    }
}
