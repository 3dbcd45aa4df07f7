using Npgsql;
using Replay;
using Shared.Testing;

namespace Integration;

/// <summary>A whole shop that has sold the sample and come to rest; each test alters a copy of its database.</summary>
public sealed class ShopAtRest : IAsyncLifetime
{
    private readonly List<string> _copies = [];
    private PostgresServer _server = null!;
    private string _database = "";

    internal Plan Plan { get; } = Plan.Of(Sample.Read(), int.MaxValue);

    internal IReadOnlyDictionary<string, Guid> Customers { get; private set; } = null!;

    internal IReadOnlyDictionary<Guid, Sale> Orders { get; private set; } = null!;

    public Guid OrderOf(string invoice) => Orders.Single(order => order.Value.Invoice == invoice).Key;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.SharedAsync();
        _database = await _server.CreateDatabaseAsync();
        await using var host = await HostProcess.StartReadyAsync(Settings(_database));

        using var shop = new ShopClient(host.Http.BaseAddress!, TimeSpan.FromSeconds(60), ShopProgram.Operator);
        var database = new ShopDatabase(_database, "", TimeSpan.FromSeconds(60));
        var preparation = new Preparation(shop, Plan, connections: 4);
        await preparation.Run(CancellationToken.None);
        var backlog = new Backlog();
        var placement = new Placement(shop, Plan, preparation.Customers, backlog, connections: 4, double.PositiveInfinity);
        var delivery = new Delivery(shop, Plan, placement, backlog, connections: 4, async ct => (await database.Motion(ct)).IsRest);
        var placing = placement.Run(CancellationToken.None);
        await delivery.Run(placing, CancellationToken.None);
        await new Oracle(_database).UntilAtRestAsync(TimeSpan.FromSeconds(60));

        (Customers, Orders) = (preparation.Customers, placement.Orders);
        Assert.Empty(preparation.RefusedProducts.Concat(placement.Faults).Concat(delivery.Faults));
    }

    private static Dictionary<string, string?> Settings(string database) => new(ShopProgram.Operator.Settings)
    {
        ["Database:Administrator"] = database,
        ["Database:Secret"] = ModuleUnderTest.Secret,
        // Longer than the tests take: a copy in which an order's time-out is due is not at rest.
        ["Orders:StockTimeout"] = "01:00:00",
        ["Orders:PaymentTimeout"] = "01:00:00",
        ["ASPNETCORE_ENVIRONMENT"] = "Development",
    };

    /// <summary>A copy in which <paramref name="sql"/> was run with every right.</summary>
    public async Task<string> AlteredAsync(string sql)
    {
        var copy = await _server.CreateDatabaseAsync(template: _database);
        _copies.Add(copy);
        if (sql == "") return copy;

        await using var connection = new NpgsqlConnection(copy);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        Assert.NotEqual(0, await command.ExecuteNonQueryAsync());
        return copy;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _copies.Append(_database)) await _server.DropDatabaseAsync(database);
    }
}
