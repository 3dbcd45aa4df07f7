using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Npgsql;
using Shared.Testing;

namespace Bench;

/// <summary>POST of an order: what the module's own way costs over what it does.</summary>
internal static class WriteBenchmark
{
    private const string Floor = "hand-written: one Npgsql batch", Ef = "EF Core: one SaveChanges", Alone = "Modular: Orders alone, broker away", Whole = "Modular: the whole shop, reactions running";

    public static async Task<Measurement> RunAsync(Servers servers, Pace pace)
    {
        var issuer = await TestIssuer.SharedAsync();
        var token = issuer.Token("operator", Guid.CreateVersion7());
        var ours = await servers.CreateDatabaseAsync();
        var alone = await AloneAsync(ours);
        IVariant[] variants = [await OfOursAsync(Floor, nameof(HandWrittenOrders)), await OfOursAsync(Ef, nameof(EfOrders)), alone, await WholeAsync(servers, pace)];
        try
        {
            var results = await Rounds.RunAsync(variants, pace.Rounds);
            return new Measurement("write", "POST of an order", Floor,
                [WriteVariant.PerSecond, WriteVariant.Cpu, WriteVariant.Host, WriteVariant.Postgres, WriteVariant.Statements, WriteVariant.Slow],
                results,
                [Goal.Least("orders/s of Orders alone, as a multiple of the hand-written batch's,", results.Ratio(Alone, Floor, WriteVariant.PerSecond)?.Median, 0.65)],
                [
                    $"{WriteVariant.Connections} connections, one order after the other on each for {pace.Window.TotalSeconds:0.#} s a round; an order has three lines at agreed prices, an idempotency key of its own and an ES256 token, which all variants check by the same handler.",
                    "Everybody stores in one transaction: the kept answer, the order, the first fact of its history, two outgoing messages and one for later. Nobody writes an access log.",
                    "Orders alone: a host with that one module whose broker is away, so that outgoing messages are stored and stay, as with the others; they are thrown away between rounds.",
                    $"The whole shop: the reactions to the orders run on the same cores meanwhile; a quarter of the time, then until the shop is at rest. Its CPU is in `./modular bench order`.",
                    "Both hand-made applications have prepared statements and sessions without reset; CPU is of the host and PostgreSQL, without the load generator, which shares the cores.",
                ],
                $"The statements of *{Alone}* since its start:\n\n{await servers.ProfileAsync(ours, "order", alone.Placed)}");
        }
        finally
        {
            foreach (var variant in variants) await variant.DisposeAsync();
        }

        async Task<IVariant> OfOursAsync(string name, string serves)
        {
            var database = await servers.CreateDatabaseAsync();
            var host = await Serving.StartAsync(serves, new Dictionary<string, string?> { ["Database"] = database, ["Tokens:Authority"] = issuer.Address.ToString() });
            return new WriteVariant(name, new WriteTarget(host.Http.BaseAddress!, token, Order), new Meter(servers, database, usesBroker: false, host.Id), pace.Window, pace.WarmUp, () => Task.CompletedTask, host);
        }

        async Task<WriteVariant> AloneAsync(string database)
        {
            var nobody = FreePort.Take();
            var host = await HostProcess.StartReadyAsync(new Dictionary<string, string?>
            {
                ["Database:Administrator"] = database, ["Database:Secret"] = ModuleUnderTest.Secret, ["Tokens:Authority"] = issuer.Address.ToString(),
                ["Modules"] = "orders", ["Gateway"] = "false", ["Carrier"] = "RabbitMq", ["RabbitMq"] = $"amqp://127.0.0.1:{nobody}",
                ["Messages:MostOutgoing"] = "1000000000", ["Orders:StockTimeout"] = "01:00:00", ["Logging:LogLevel:Modular"] = "Error", ["Logging:LogLevel:Default"] = "Critical",
            });
            return new WriteVariant(Alone, new WriteTarget(host.Http.BaseAddress!, token, Order), new Meter(servers, database, usesBroker: false, host.Id), pace.Window, pace.WarmUp, ForgetAsync, host);

            async Task ForgetAsync()
            {
                await using var connection = new NpgsqlConnection(database);
                await connection.OpenAsync();
                await using var forget = new NpgsqlCommand("truncate orders.wolverine_outgoing_envelopes, orders.wolverine_incoming_envelopes", connection);
                await forget.ExecuteNonQueryAsync();
            }
        }
    }

    // Orders over different connections are of different products: that they want the same row of stock is not what is measured.
    private static string Sku(int connection) => $"bench-{connection}";

    private static string Order(int connection) => JsonSerializer.Serialize(new
    {
        customerId = Guid.CreateVersion7(),
        lines = Enumerable.Range(1, 3).Select(quantity => new { sku = Sku(connection), quantity, unitPrice = 2.50m }),
        paymentToken = "test-ok",
    });

    private static async Task<IVariant> WholeAsync(Servers servers, Pace pace)
    {
        var shop = await Shop.StartAsync(TopologyUnderTest.Parse("all-in-one"), settings: new Dictionary<string, string?> { ["Logging:LogLevel:Modular"] = "Warning" }, through: servers.AsUsed);
        using (var shopper = await Shopper.OperatorAsync(shop))
            foreach (var connection in Enumerable.Range(0, WriteVariant.Connections)) await shopper.ReceiveAsync(Sku(connection), 1_000_000);

        using var answer = await shop[Shop.Main].Http.PostAsJsonAsync("/v1/users/development-tokens", new { role = "operator" });
        var token = (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["accessToken"]!;
        return new WriteVariant(Whole, new WriteTarget(shop.Address, token, Order), null, pace.Window / 4, pace.WarmUp / 4, () => shop.Oracle.UntilAtRestAsync(TimeSpan.FromMinutes(5)), shop);
    }
}
