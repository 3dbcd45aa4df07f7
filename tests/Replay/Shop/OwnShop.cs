using Npgsql;
using Shared.Testing;

namespace Replay;

/// <summary>
/// A shop for this replay only: its own PostgreSQL, the hosts, and RabbitMQ between them if some modules are out. A host that dies is started again at its address;
/// all of it ends with the replay.
/// </summary>
internal sealed class OwnShop : IAsyncDisposable
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(0.5);

    // A host may be away for longer than an order usually waits.
    private static readonly Dictionary<string, string?> Settings = new() { ["Orders:StockTimeout"] = "01:00:00", ["Orders:PaymentTimeout"] = "01:00:00" };

    // Tests do without what a crash of the machine would need; what is measured here must not.
    private static readonly Dictionary<string, string> Durable = new() { ["fsync"] = "on", ["synchronous_commit"] = "on", ["full_page_writes"] = "on" };

    private readonly PostgresServer _server;
    private readonly Shop _shop;
    private readonly IReadOnlyList<string> _hosts;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationToken _interrupted;
    private readonly Task _watch;

    private OwnShop(PostgresServer server, Shop shop, IReadOnlyList<string> hosts, CancellationToken interrupted)
    {
        (_server, _shop, _hosts, _interrupted) = (server, shop, hosts, interrupted);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        _watch = Watch();
    }

    public Uri Address => _shop.Address;

    public Oracle Oracle => _shop.Oracle;

    public static async Task<OwnShop> StartAsync(TopologyUnderTest topology, CancellationToken interrupted)
    {
        PostgresServer? server = null;
        var screen = Console.Out;
        try
        {
            // A host's last words, the one's that made the schemas too, are for tests.
            Console.SetOut(TextWriter.Null);
            server = await PostgresServer.StartAsync(settings: Durable);
            Environment.SetEnvironmentVariable(PostgresServer.Variable, server.ConnectionString);
            return new OwnShop(server, await Shop.StartAsync(topology, Settings), topology.Plan.Hosts, interrupted);
        }
        catch (Exception fault)
        {
            if (server is not null) await server.DisposeAsync();
            // Servers that are not installed, a host that does not start: the text says which.
            throw fault is InvalidOperationException or TimeoutException ? new ShopException(fault.Message) : fault;
        }
        finally
        {
            Console.SetOut(screen);
        }
    }

    public override string ToString() => string.Join(", ", _hosts.Select(host => $"{host} (process {_shop[host].Id})"));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watch;
        Console.SetOut(TextWriter.Null);
        try
        {
            // Ctrl-C reaches the database as well: without it hosts would take their time to stop in order, for nothing.
            if (_interrupted.IsCancellationRequested) foreach (var host in _hosts) _shop[host].Kill();
            await _shop.DisposeAsync();
        }
        catch (Exception fault) when (fault is NpgsqlException or InvalidOperationException)
        {
            // What could not be asked to stop in order ends with its server.
        }

        await _server.DisposeAsync();
        _stop.Dispose();
    }

    private async Task Watch()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                foreach (var host in _hosts.Where(host => _shop[host].HasEnded))
                {
                    Console.WriteLine($"  The host {host} has ended: {await _shop[host].WaitForExitAsync()}. It is started again.");
                    await _shop.StartHostAsync(host);
                }
            }
            catch (Exception fault) when (fault is InvalidOperationException or TimeoutException)
            {
                if (!_stop.IsCancellationRequested) Console.WriteLine($"  It does not start: {fault.Message}");
            }

            await Task.WhenAny(Task.Delay(BetweenLooks, _stop.Token));
        }
    }
}
