using Shared.Testing;

namespace Bench;

/// <summary>POST of an order: what the module's own way costs over what it does.</summary>
internal static class WriteBenchmark
{
    private const string Floor = "hand-written: one Npgsql batch", Ef = "EF Core: one SaveChanges", FloorHanded = "hand-written, and handed to RabbitMQ",
        Modular = "Modular: Orders alone, over RabbitMQ", Whole = "Modular: the whole shop, reactions running";

    /// <summary>The modules that an order is told to.</summary>
    public static readonly string[] Subscribers = ["inventory", "billing", "users"];

    public static async Task<Measurement> RunAsync(Servers servers, Pace pace)
    {
        var issuer = await TestIssuer.SharedAsync();
        var (database, broker) = (await servers.CreateDatabaseAsync(), await BrokerAsync());
        var modular = await ModularWrites.HandedOverAsync(Modular, database, broker, issuer, servers, pace);
        IVariant[] variants =
        [
            await OfOursAsync(Floor, nameof(HandWrittenOrders)),
            await OfOursAsync(Ef, nameof(EfOrders)),
            await OfOursAsync(FloorHanded, nameof(HandWrittenOrders), await BrokerAsync()),
            modular,
            await ModularWrites.ReactedToAsync(Whole, pace),
        ];
        try
        {
            var results = await Rounds.RunAsync(variants, pace.Rounds);
            return new Measurement("write", "POST of an order", Floor,
                [WriteVariant.PerSecond, WriteVariant.Cpu, WriteVariant.Host, WriteVariant.Postgres, WriteVariant.Broker, WriteVariant.Statements, WriteVariant.Slow],
                results,
                [
                    Goal.Least("orders/s of Orders alone, as a multiple of the hand-written batch's,", results.Ratio(Modular, Floor, WriteVariant.PerSecond)?.Median, 0.65),
                    Goal.Least("the same as a multiple of the hand-written batch's that is handed over too,", results.Ratio(Modular, FloorHanded, WriteVariant.PerSecond)?.Median, 0.65),
                ],
                [
                    $"{WriteVariant.Connections} connections, one order after the other on each for {pace.Window.TotalSeconds:0.#} s a round; an order has three lines at agreed prices, an idempotency key of its own and an ES256 token, which all variants check by the same handler.",
                    "Everybody stores in one transaction: the kept answer, the order, the first fact of its history, three outgoing messages and one for later. Nobody writes an access log.",
                    "Orders alone: a host with that one module; its messages go to the queues of Inventory, Billing and Users, confirmed, and are forgotten then; nobody takes them from there. The hand-written one that is handed over does the same; the others leave their messages where they are.",
                    "The whole shop: all modules in one process react to the orders on the same cores meanwhile; a quarter of the time, then until the shop is at rest. Its CPU is in `./modular bench order`.",
                    "The hand-made applications have prepared statements and sessions without reset. CPU is of the host, PostgreSQL and the broker, without the load generator, which shares the cores.",
                ],
                $"The statements of *{Modular}* since its start:\n\n{await servers.ProfileAsync(database, "order", modular.Placed)}");
        }
        finally
        {
            foreach (var variant in variants) await variant.DisposeAsync();
        }

        async Task<IVariant> OfOursAsync(string name, string serves, string? rabbitMq = null)
        {
            var own = await servers.CreateDatabaseAsync();
            var host = await Serving.StartAsync(serves, new Dictionary<string, string?> { ["Database"] = own, ["Tokens:Authority"] = issuer.Address.ToString(), ["RabbitMq"] = rabbitMq });
            return new WriteVariant(name, new WriteTarget(host.Http.BaseAddress!, issuer.Token("operator", Guid.CreateVersion7())), new Meter(servers, own, rabbitMq is not null, host.Id), pace.Window, pace.WarmUp, () => Task.CompletedTask, host);
        }

        static async Task<string> BrokerAsync() => (await (await RabbitMqServer.SharedAsync()).CreateVirtualHostAsync()).ToString();
    }
}
