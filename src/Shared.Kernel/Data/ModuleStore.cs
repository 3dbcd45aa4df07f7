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
    /// <summary>A schema whose comment begins so is not served: its data was moved elsewhere, or is being moved. The rest of the comment says where, and the way out.</summary>
    public const string Closed = "closed: ";

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

    /// <summary>The fault of a host whose settings name a schema that is closed: it must not start on what is left there. Null: it is open.</summary>
    public static async Task<string?> ClosedAsync(NpgsqlDataSource dataSource, string schema, CancellationToken cancellation)
    {
        await using var command = dataSource.CreateCommand($"select obj_description(to_regnamespace('{schema}')::oid, 'pg_namespace')");
        return await command.ExecuteScalarAsync(cancellation) is string comment && comment.StartsWith(Closed, StringComparison.Ordinal) ? $"The schema '{schema}' is {comment}" : null;
    }

    /// <summary>Brings the schema up to what the program wants: documents, streams, own tables, inbox and outbox, and the inbox's guards.</summary>
    public static async Task MigrateAsync(IServiceProvider module, CancellationToken cancellation)
    {
        // Two hosts of one module may start at once: the second waits and finds nothing to do. A connection of its own, since the lock is the session's.
        await using var connection = await module.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(cancellation);
        await connection.RunAsync("select pg_advisory_lock(hashtextextended('modular-migrate-' || current_schema(), 0))", cancellation);
        try
        {
            var store = module.GetRequiredService<IDocumentStore>();
            await store.Storage.ApplyAllConfiguredChangesToDatabaseAsync(AutoCreate.CreateOrUpdate);
            await module.GetRequiredService<IWolverineRuntime>().Storage.Admin.MigrateAsync();
            foreach (var own in new[] { InboxGuard.Sql, UsedCarriers.Sql, TellDeadLetters.Sql }) await connection.RunAsync(own, cancellation);
        }
        finally
        {
            await connection.RunAsync("select pg_advisory_unlock_all()", cancellation);
        }
    }
}
