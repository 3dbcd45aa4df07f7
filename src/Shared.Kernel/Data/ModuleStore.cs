using JasperFx;
using JasperFx.Events;
using Marten;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using System.Text.Json;
using System.Text.Json.Serialization;
using Weasel.Core;
using Weasel.Postgresql.Tables;
using Wolverine.Marten;
using Wolverine.Postgresql;
using Wolverine.RDBMS;
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

    /// <summary>
    /// Brings the schema up to what the program wants: documents, streams, own tables, inbox and outbox, and the inbox's guards. To compare all of that is a third of a start,
    /// and is left out while the mark says that these builds have done it and that the catalog's rows are those they left.
    /// </summary>
    public static async Task MigrateAsync(Module module, IServiceProvider services, CancellationToken cancellation)
    {
        // Two hosts of one module may start at once: the second waits and finds nothing to do. A connection of its own, since the lock is the session's.
        await using var connection = await services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(cancellation);
        await connection.RunAsync("select pg_advisory_lock(hashtextextended('modular-migrate-' || current_schema(), 0))", cancellation);
        try
        {
            var builds = string.Join(' ', new[] { module.GetType(), typeof(ModuleStore), typeof(IDocumentStore), typeof(IWolverineRuntime), typeof(DatabaseSettings), typeof(PostgresqlConfigurationExtensions), typeof(Table) }.Select(type => type.Module.ModuleVersionId));
            if (await connection.ReadAsync($"select obj_description(to_regclass('modular_carriers'), 'pg_class') = ({Mark})", cancellation, builds) is true) return;

            await services.GetRequiredService<IDocumentStore>().Storage.ApplyAllConfiguredChangesToDatabaseAsync(AutoCreate.CreateOrUpdate);
            await services.GetRequiredService<IWolverineRuntime>().Storage.Admin.MigrateAsync();
            foreach (var own in new[] { InboxGuard.Sql, UsedCarriers.Sql, TellDeadLetters.Sql }) await connection.RunAsync(own, cancellation);
            await connection.RunAsync($"comment on table modular_carriers is '{await connection.ReadAsync(Mark, cancellation, builds)}'", cancellation);
        }
        finally
        {
            await connection.RunAsync("select pg_advisory_unlock_all()", cancellation);
        }
    }

    // Whoever changes a table, an index, a default, a constraint, a trigger or a function, by hand or with another version of the program, writes its row in the catalog anew.
    private const string Mark = """
        select $1 || ' ' || md5(string_agg(row, ' ' order by row)) from (
          with own as (select oid, xmin from pg_class where relnamespace = current_schema()::regnamespace)
          select concat(oid, '@', xmin) from own
          union all select concat(attrelid, '.', attnum, '@', a.xmin) from pg_attribute a join own on own.oid = attrelid
          union all select concat(d.oid, '@', d.xmin) from pg_attrdef d join own on own.oid = adrelid
          union all select concat(t.oid, '@', t.xmin) from pg_trigger t join own on own.oid = tgrelid
          union all select concat(oid, '@', xmin) from pg_constraint where connamespace = current_schema()::regnamespace
          union all select concat(oid, '@', xmin) from pg_proc where pronamespace = current_schema()::regnamespace
        ) catalog(row)
        """;
}
