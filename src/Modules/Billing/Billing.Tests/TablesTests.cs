using System.Text.Json.Nodes;
using Marten;
using static Billing.Tests.TheBilling;

namespace Billing.Tests;

public sealed class TablesTests(TheBilling billing)
{
    [Fact]
    public async Task the_migrated_tables_are_those_declared_so_that_a_start_finds_nothing_to_migrate()
    {
        var administrator = await billing.AdministratorsConnectionString();
        await using var store = DocumentStore.For(options =>
        {
            options.Connection(administrator);
            options.DatabaseSchemaName = "billing";
            new BillingModule().Store(options);
        });

        await store.Storage.Database.AssertDatabaseMatchesConfigurationAsync();
    }

    [Fact]
    public async Task a_payment_is_read_by_sql_as_it_was_written()
    {
        var order = AnOrder();
        await billing.Deliver(order, TheStockOf(order), TheCancellationOf(order));

        var payment = JsonNode.Parse(await billing.Module.Query<string>("select data::text from mt_doc_payment where id = $1", order.OrderId))!;

        Assert.Equal(("Refunded", 20m, 20m, 20m, "EUR"),
            ((string)payment["state"]!, (decimal)payment["total"]!, (decimal)payment["captured"]!, (decimal)payment["refunded"]!, (string)payment["currency"]!));
        Assert.Equal($"{order.CustomerId}", (string)payment["customerId"]!);
    }
}
