using Npgsql;
using Shared.Kernel;
using Shared.Testing;

namespace Bench;

/// <summary>An event from its publisher's commit to the commit of the one reaction to it.</summary>
internal static class HopBenchmark
{
    private const string Monolith = "Wolverine's monolith: one runtime, local queues", Floor = "hand-written: outbox, NOTIFY, inbox", InProcess = "Modular, in process";

    public static async Task<Measurement> RunAsync(Servers servers, Pace pace)
    {
        var databases = new Dictionary<string, string>();
        HopVariant[] variants =
        [
            await StartAsync(Monolith, nameof(WolverineHop), "mt_doc_pong"),
            await StartAsync(Floor, nameof(HandWrittenHop), "pongs"),
            await ModularAsync(InProcess, Carrier.None),
            await ModularAsync("Modular over PostgreSQL", Carrier.Postgres),
            await ModularAsync("Modular over RabbitMQ", Carrier.RabbitMq),
        ];
        try
        {
            var results = await Rounds.RunAsync(variants, pace.Rounds);
            return new Measurement("hop", "An event, committed → handled", Monolith,
                [HopVariant.PerSecond, HopVariant.Cpu, HopVariant.Host, HopVariant.Postgres, HopVariant.Broker, HopVariant.Statements, HopVariant.P50, HopVariant.P99],
                results,
                [Goal.Least("events/s in process, as a multiple of Wolverine's monolith,", results.Ratio(InProcess, Monolith, HopVariant.PerSecond)?.Median, 0.8)],
                [
                    $"Two modules in one process each: one stores a document and publishes an event, the other stores a document in reaction; one transaction per event there, up to eight at a time. Under load {HopVariant.Publishers} publishers commit {HopVariant.Batch} events at a time, {2_000 * pace.Some:N0} a round, until all reactions are committed.",
                    $"p50 and p99: from just before the publisher's commit until after the reaction's, one event every {HopVariant.Pause} ms.",
                    "Each event is counted: handled once, none missing, or the run fails.",
                    "Wolverine's monolith: one store, the modules' documents in a schema each, all messages in one schema, `MultipleHandlerBehavior.Separated`, durable local queues: the event is stored as incoming in its publisher's transaction, so a module cannot leave. Modular stores it outgoing with the publisher, hands it over, stores it incoming with the receiver, which may be anywhere.",
                    "Over RabbitMQ and PostgreSQL: the same two modules in one process, but set to send what they publish through that carrier (`Scaled=*`).",
                    "The hand-written one has no retries, no dead letters, and no second process that takes over.",
                ],
                $"{await StatementsAsync(Monolith)}\n{await StatementsAsync(InProcess)}");
        }
        finally
        {
            foreach (var variant in variants) await variant.DisposeAsync();
        }

        async Task<string> StatementsAsync(string name) =>
            $"The statements of *{name}* since its start:\n\n{await servers.ProfileAsync(databases[name], "event", variants.Single(variant => variant.Name == name).Published)}";

        async Task<HopVariant> ModularAsync(string name, Carrier carrier)
        {
            var settings = new Dictionary<string, string?> { ["Carrier"] = carrier.ToString(), ["Database:Secret"] = ModuleUnderTest.Secret, ["Messages:MostOutgoing"] = "1000000000" };
            if (carrier != Carrier.None) settings["Scaled"] = "*";
            if (carrier == Carrier.RabbitMq) settings["RabbitMq"] = (await (await RabbitMqServer.SharedAsync()).CreateVirtualHostAsync()).ToString();
            return await StartAsync(name, nameof(ModularHop), "mt_doc_pong", settings);
        }

        async Task<HopVariant> StartAsync(string name, string serves, string table, Dictionary<string, string?>? settings = null)
        {
            var database = databases[name] = await servers.CreateDatabaseAsync();
            var host = await Serving.StartAsync(serves, new Dictionary<string, string?>(settings ?? []) { [settings is null ? "Database" : "Database:Administrator"] = database });
            return new HopVariant(name, host, new Meter(servers, database, usesBroker: settings?.ContainsKey("RabbitMq") == true, host.Id), pace, CountAsync);

            async Task<long> CountAsync()
            {
                await using var connection = new NpgsqlConnection(database);
                await connection.OpenAsync();
                await using var count = new NpgsqlCommand($"select count(*) from ponger.{table}", connection);
                return (long)(await count.ExecuteScalarAsync())!;
            }
        }
    }
}
