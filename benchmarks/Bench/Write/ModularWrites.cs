using Npgsql;
using Shared.Kernel;
using Shared.Testing;

namespace Bench;

/// <summary>The product as two of the variants: what an order costs that is stored and handed over, and what is left when it is also reacted to.</summary>
internal static class ModularWrites
{
    /// <summary>Orders in a host of its own, and a real broker with the queues of its subscribers, which do not run.</summary>
    public static async Task<WriteVariant> HandedOverAsync(string name, string database, string broker, TestIssuer issuer, Servers servers, Pace pace)
    {
        // A subscriber declares its queue when it starts for the first time.
        await using (await HostProcess.StartReadyAsync(new Dictionary<string, string?>(Settings(database, broker, issuer)) { ["Modules"] = string.Join(',', WriteBenchmark.Subscribers) }))
        {
        }

        var host = await HostProcess.StartReadyAsync(Settings(database, broker, issuer));
        return new WriteVariant(name, new WriteTarget(host.Http.BaseAddress!, issuer.Token("operator", Guid.CreateVersion7())), new Meter(servers, database, usesBroker: true, host.Id), pace.Window, pace.WarmUp, UntilHandedOverAsync, host);

        // A subscriber that was forgotten above has no queue, and what goes to it would be sent again and again.
        async Task UntilHandedOverAsync()
        {
            await using var connection = new NpgsqlConnection(database);
            await connection.OpenAsync();
            await using var waiting = new NpgsqlCommand("select count(*) from orders.wolverine_outgoing_envelopes", connection);
            await Eventually.True(async () => (long)(await waiting.ExecuteScalarAsync())! == 0, "handed over", TimeSpan.FromMinutes(1));
        }
    }

    /// <summary>All modules in one process, each of them at work on the orders meanwhile.</summary>
    public static async Task<WriteVariant> ReactedToAsync(string name, Pace pace)
    {
        var shop = await Shop.StartAsync(TopologyUnderTest.Parse("all-in-one"), settings: new Dictionary<string, string?> { ["Logging:LogLevel:Modular"] = "Warning" });
        using var shopper = await Shopper.OperatorAsync(shop);
        foreach (var connection in Enumerable.Range(0, WriteVariant.Connections)) await shopper.ReceiveAsync(WriteTarget.Sku(connection), 1_000_000);

        return new WriteVariant(name, new WriteTarget(shop.Address, shopper.Token), null, pace.Window / 4, pace.WarmUp / 4, () => shop.Oracle.UntilAtRestAsync(TimeSpan.FromMinutes(5)), shop);
    }

    private static Dictionary<string, string?> Settings(string database, string broker, TestIssuer issuer) => new()
    {
        ["Database:Administrator"] = database,
        ["Database:Secret"] = ModuleUnderTest.Secret,
        ["Tokens:Authority"] = issuer.Address.ToString(),
        ["Modules"] = "orders",
        ["Gateway"] = "false",
        ["Carrier"] = $"{Carrier.RabbitMq}",
        ["RabbitMq"] = broker,
        // Nobody is asked: the prices of a benchmark's orders are agreed.
        ["Calls:Addresses:shipping"] = "http://127.0.0.1:9",
        ["Calls:Secret"] = ModuleUnderTest.Secret,
        ["Messages:MostOutgoing"] = "1000000000",
        ["Orders:StockTimeout"] = "01:00:00",
        ["Logging:LogLevel:Default"] = "Critical",
        ["Logging:LogLevel:Modular"] = "Critical",
    };
}
