using Marten;
using Npgsql;
using Shared.Testing;

namespace Inventory.Tests;

public sealed class TablesTests(TheInventory inventory)
{
    [Fact]
    public async Task the_migrated_tables_are_those_declared_so_that_a_start_finds_nothing_to_migrate()
    {
        var database = await inventory.Module.Query<string>("select current_database()::text");
        var administrator = new NpgsqlConnectionStringBuilder((await PostgresServer.SharedAsync()).ConnectionString) { Database = database, Pooling = false };
        await using var store = DocumentStore.For(options =>
        {
            options.Connection(administrator.ConnectionString);
            options.DatabaseSchemaName = "inventory";
            new InventoryModule().Store(options);
        });

        await store.Storage.Database.AssertDatabaseMatchesConfigurationAsync();
    }
}
