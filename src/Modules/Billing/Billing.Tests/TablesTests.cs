using System.Text.Json.Nodes;
using static Billing.Tests.TheBilling;

namespace Billing.Tests;

public sealed class TablesTests(TheBilling billing)
{
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
