using JasperFx.CodeGeneration;
using Marten;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Pinger.Contracts;
using Weasel.Core;
using Wolverine;
using Wolverine.Marten;

namespace Bench;

/// <summary>
/// A modular monolith as Wolverine's documentation recommends it: one runtime and one Marten store for all modules, a schema each for their documents, one for all messages,
/// durable local queues, one for each handler. An event is stored as incoming in its publisher's own transaction.
/// </summary>
internal static class WolverineHop
{
    public static async Task RunAsync(WebApplicationBuilder builder)
    {
        var connection = new NpgsqlConnectionStringBuilder(builder.Configuration["Database"]!) { MaxPoolSize = 50, MaxAutoPrepare = 50, AutoPrepareMinUsages = 2, NoResetOnClose = true, Options = "-c enable_seqscan=off -c jit=off" };
        await using var data = NpgsqlDataSource.Create(connection.ConnectionString);
        builder.Services.AddMarten(store =>
            {
                store.Connection(data);
                store.DisableNpgsqlLogging = true;
                store.UseSystemTextJsonForSerialization(EnumStorage.AsString, Casing.CamelCase);
                store.Schema.For<Ping>().DatabaseSchemaName("pinger");
                store.Schema.For<Pong>().DatabaseSchemaName("ponger");
                store.Listeners.Add(new Arrivals());
            })
            .UseLightweightSessions()
            .ApplyAllDatabaseChangesOnStartup()
            .IntegrateWithWolverine(messages => messages.MessageStorageSchemaName = "wolverine");
        builder.Services.AddWolverine(ExtensionDiscovery.ManualOnly, options =>
        {
            options.CodeGeneration.TypeLoadMode = TypeLoadMode.Dynamic;
            options.UseRuntimeCompilation();
            options.MultipleHandlerBehavior = MultipleHandlerBehavior.Separated;
            options.Durability.MessageIdentity = MessageIdentity.IdAndDestination;
            options.Durability.DurabilityMetricsEnabled = false;
            options.Policies.AutoApplyTransactions();
            options.Policies.UseDurableLocalQueues();
            options.Policies.AllLocalQueues(queue => queue.MaximumParallelMessages(8));
            options.Discovery.DisableConventionalDiscovery().IncludeType(typeof(WhenPinged));
        });
        await using var application = builder.Build();
        await HopLoad.RunAsync(application, PublishAsync);
    }

    private static async Task PublishAsync(IServiceProvider services, int events)
    {
        await using var scope = services.CreateAsyncScope();
        var session = scope.ServiceProvider.GetRequiredService<IDocumentSession>();
        var outbox = scope.ServiceProvider.GetRequiredService<IMartenOutbox>();
        outbox.Enroll(session);
        for (var i = 0; i < events; i++)
        {
            var ping = new Ping(Guid.CreateVersion7());
            session.Insert(ping);
            await outbox.PublishAsync(new Pinged(ping.Id, System.Diagnostics.Stopwatch.GetTimestamp()));
        }

        await session.SaveChangesAsync();
    }
}
