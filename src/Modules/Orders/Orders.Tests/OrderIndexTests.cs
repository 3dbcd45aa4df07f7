using Marten;
using Microsoft.Extensions.DependencyInjection;
using Shared.Kernel;

namespace Orders.Tests;

/// <summary>By which index a page of a list is read, of a table that is worth one.</summary>
public sealed class OrderIndexTests(OrdersUnderTest orders) : IClassFixture<OrdersUnderTest>
{
    private const string ACustomer = "00000000-0000-4000-8000-000000000001";

    private static readonly StepTimeouts Waits = new(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5), TimeSpan.FromDays(2), TimeSpan.FromHours(1), TimeSpan.FromDays(14));

    [Theory]
    [InlineData("", "pkey_mt_doc_order_id")]
    [InlineData("period", "pkey_mt_doc_order_id")]
    [InlineData("status", "mt_doc_order_idx_status")]
    [InlineData("status period", "mt_doc_order_idx_status")]
    [InlineData("customer", "mt_doc_order_idx_customer_id")]
    [InlineData("customer period", "mt_doc_order_idx_customer_id")]
    public async Task a_page_is_read_from_an_index_that_has_its_order(string asked, string index)
    {
        var plan = await Plan(asked);

        Assert.Contains($" {index} ", plan, StringComparison.Ordinal);
        // A period leaves so few that they may as well be sorted.
        if (!asked.Contains("period", StringComparison.Ordinal)) Assert.Contains($"Index Scan Backward using {index} ", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("overdue")]
    [InlineData("overdue status")]
    public async Task what_is_overdue_is_sought_among_what_is_under_way(string asked)
    {
        var plan = await Plan(asked);

        Assert.Contains(" mt_doc_order_idx_status ", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_product_that_few_order_is_found_by_its_index() =>
        Assert.Contains("Bitmap Index Scan on orders_by_sku", await Plan("sku"), StringComparison.Ordinal);

    // A difference would have every start of a host make the indexes anew.
    [Fact]
    public async Task a_second_start_finds_nothing_to_migrate()
    {
        const string Made = "select string_agg(indexrelid::text, ',' order by indexrelid) from pg_index where indrelid = 'mt_doc_order'::regclass";
        var before = await orders.Module.Query<string>(Made);

        await Migrate();

        Assert.Equal(before, await orders.Module.Query<string>(Made));
        Assert.Equal(4, before.Split(',').Length);
    }

    [Fact]
    public async Task the_indexes_of_the_version_before_are_made_anew_under_their_names()
    {
        const string Columns = "select string_agg(substring(indexdef from 'using .*|USING .*'), ', ' order by indexname) from pg_indexes where tablename = 'mt_doc_order'";
        var wanted = await orders.Module.Query<string>(Columns);
        await Execute("""
            drop index mt_doc_order_idx_status, mt_doc_order_idx_customer_id, orders_by_sku;
            create index mt_doc_order_idx_status on mt_doc_order (status);
            create index mt_doc_order_idx_customer_id on mt_doc_order (customer_id);
            """);

        await Migrate();

        Assert.Equal(wanted, await orders.Module.Query<string>(Columns));
    }

    private Task Migrate() => orders.Module.ServicesOf("orders").GetRequiredService<IDocumentStore>().Storage.ApplyAllConfiguredChangesToDatabaseAsync(JasperFx.AutoCreate.CreateOrUpdate);

    private async Task Execute(string sql)
    {
        await using var connection = await orders.Module.OpenConnectionAsync();
        await using var command = new Npgsql.NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<string> Plan(string asked)
    {
        await ManyOrders();
        var now = TimeProvider.System.GetUtcNow();
        var filter = new OrderFilter(
            Has("status") ? "dispatched" : null, Has("customer") ? ACustomer : null, Has("sku") ? "sku-777" : null,
            Has("period") ? $"{now.AddDays(-3):yyyy-MM-dd}" : null, Has("period") ? $"{now.AddDays(-2):yyyy-MM-dd}" : null, Has("overdue") ? "true" : null);
        await using var db = orders.Module.ServicesOf("orders").GetRequiredService<IDocumentStore>().QuerySession();
        await using var connection = await orders.Module.OpenConnectionAsync();
        await using var command = filter.Of(db, new Caller(Guid.Empty, IsOperator: true), after: OrderFilter.FirstIdOf(now), Waits, now).Take(51).ToCommand();
        (command.Connection, command.CommandText) = (connection, $"explain {command.CommandText}");
        await using var reader = await command.ExecuteReaderAsync();
        var plan = "";
        while (await reader.ReadAsync()) plan += reader.GetString(0) + "\n";
        return plan;

        bool Has(string filter) => asked.Contains(filter, StringComparison.Ordinal);
    }

    /// <summary>5,000 orders of 25 customers and a thousand products over a fortnight, one in 50 under way; made once.</summary>
    private async Task ManyOrders()
    {
        if (await orders.Module.Query<long>("select count(*) from mt_doc_order") > 0) return;

        var model = await orders.AnOrder();
        const string Copies = """
            with many as (
                insert into mt_doc_order (id, data, customer_id, status)
                select (lpad(to_hex((extract(epoch from now() - i * interval '4 minutes') * 1000)::bigint), 12, '0') || '7000800000000000' || lpad(to_hex(i), 4, '0'))::uuid,
                    jsonb_set(data, '{lines,0,sku}', to_jsonb('sku-' || i % 1000)), ('00000000-0000-4000-8000-' || lpad((i % 25)::text, 12, '0'))::uuid, case when i % 50 = 0 then 'dispatched' else 'completed' end
                from mt_doc_order, generate_series(1, 5000) i where id = $1
                returning 1)
            select count(*) from many
            """;
        Assert.Equal(5_000, await orders.Module.Query<long>(Copies, model));
        await Execute("analyze mt_doc_order");
    }
}
