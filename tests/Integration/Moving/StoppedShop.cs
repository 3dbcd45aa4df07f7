using Shared.Testing;

namespace Integration;

/// <summary>A shop that has sold something and was stopped; each test moves its orders from a copy of its database to an empty one.</summary>
public sealed class StoppedShop : IAsyncLifetime
{
    /// <summary>Documents, streams, a sequence, and messages for later: the time-outs of its steps.</summary>
    public const string Module = "orders";

    private readonly List<string> _databases = [];
    private PostgresServer _server = null!;
    private Shop _shop = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.SharedAsync();
        _shop = await Shop.StartAsync(TopologyUnderTest.Parse("all-in-one"));
        using (var shopper = await Shopper.OperatorAsync(_shop))
        {
            await shopper.ReceiveAsync("tea", 1000);
            await shopper.PlaceAsync("tea", orders: 12, connections: 4);
            await _shop.MustHoldAsync();
        }

        await _shop.StopHostAsync(Shop.Main);
        // As a process that was killed leaves them, with an owner: one not handled, one not sent, one that could not be handled; and one that the inbox's guards would refuse by now.
        await MoveCommandLine.ExecuteAsync(_shop.Database, """
            set session_replication_role = replica;
            insert into orders.wolverine_incoming_envelopes (id, status, owner_id, body, message_type, received_at) values (gen_random_uuid(), 'Incoming', 77, '\x01', 'inventory.stock-reserved.v1', 'module://orders/when-stock-reserved');
            insert into orders.wolverine_outgoing_envelopes (id, owner_id, destination, body, message_type) values (gen_random_uuid(), 77, 'module://billing/when-order-placed', '\x02', 'orders.order-placed.v1');
            insert into orders.wolverine_dead_letters (id, body, message_type, received_at) values (gen_random_uuid(), '\x03', 'inventory.stock-reserved.v1', 'module://orders/when-stock-reserved');
            insert into orders.wolverine_dead_letters (id, body, message_type, received_at) select id, '\x04', message_type, received_at from orders.wolverine_incoming_envelopes where status = 'Handled' limit 1
            """);
    }

    public async Task<(string From, string To)> TwoDatabasesAsync()
    {
        var pair = (From: await _server.CreateDatabaseAsync(template: _shop.Database), To: await _server.CreateDatabaseAsync());
        _databases.AddRange([pair.From, pair.To]);
        return pair;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _databases) await _server.DropDatabaseAsync(database);
        await _shop.DisposeAsync();
    }
}
