using JasperFx;
using JasperFx.Events;
using Marten;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using System.Text.Json;
using System.Text.Json.Serialization;
using Weasel.Core;
using Wolverine.Marten;
using Wolverine.Runtime;

namespace Shared.Kernel;

/// <summary>A module's one Marten store in its own schema, and the one mechanism that migrates all of it.</summary>
internal static class ModuleStore
{
    public static void Add(IServiceCollection services, Module module, NpgsqlDataSource dataSource)
    {
        services.AddSingleton(dataSource);
        services.AddMarten(store =>
            {
                store.Connection(dataSource);
                store.DatabaseSchemaName = module.Name;
                store.Events.DatabaseSchemaName = module.Name;
                store.AutoCreateSchemaObjects = AutoCreate.None;
                store.DisableNpgsqlLogging = true;
                store.UseSystemTextJsonForSerialization(EnumStorage.AsString, Casing.CamelCase);
                store.Events.StreamIdentity = StreamIdentity.AsGuid;
                store.Schema.For<IdempotentAnswer>().Identity(answer => answer.Key).Index(answer => answer.At);
                module.Store(store);
            })
            .UseLightweightSessions()
            .IntegrateWithWolverine(wolverine =>
            {
                wolverine.MessageStorageSchemaName = module.Name;
                wolverine.TransportSchemaName = module.Name;
                wolverine.AutoCreate = AutoCreate.CreateOrUpdate;
            });
    }

    /// <summary>Brings the schema up to what the program wants: documents, streams, own tables, inbox and outbox, and the inbox's guards.</summary>
    public static async Task MigrateAsync(IServiceProvider module, CancellationToken cancellation)
    {
        // Two hosts of one module may start at once: the second waits and finds nothing to do. A connection of its own, since the lock is the session's.
        await using var connection = await module.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(cancellation);
        await Run("select pg_advisory_lock(hashtextextended('modular-migrate-' || current_schema(), 0))");
        try
        {
            var store = module.GetRequiredService<IDocumentStore>();
            await store.Storage.ApplyAllConfiguredChangesToDatabaseAsync(AutoCreate.CreateOrUpdate);
            await module.GetRequiredService<IWolverineRuntime>().Storage.Admin.MigrateAsync();
            await Run(InboxGuard.Sql);
            await Run(UsedCarriers.Sql);
        }
        finally
        {
            await Run("select pg_advisory_unlock_all()");
        }

        async Task Run(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(cancellation);
        }
    }
}
