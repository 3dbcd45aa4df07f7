using Replay;
using Shared.Testing;

namespace Integration;

/// <summary>The file against the shop: equal as it is, and one altered row is found by name.</summary>
public sealed class ReconciliationTests(ShopAtRest shop) : IClassFixture<ShopAtRest>
{
    // {kept} is the order of invoice 1003, which was delivered.
    private static readonly Dictionary<string, (string Sql, string Culprit)> s_alterations = new()
    {
        ["file.customers"] = ("delete from users.mt_doc_account where id = (select (data->>'customerId')::uuid from orders.mt_doc_order where id = {kept})", "customer 13047"),
        ["file.products"] = ("delete from catalog.mt_doc_product where id = 'PADS'", "product PADS"),
        ["file.receipts"] = ("update inventory.movements set quantity = 13 where sku = '71053' and kind = 'received'", "product 71053: the file sells 17, 13 were received"),
        ["file.orders"] = ("update orders.mt_doc_order set data = jsonb_set(data, '{total}', '33.91') where id = {kept}", "invoice 1003"),
        ["file.lines"] = ("update orders.mt_doc_order set data = jsonb_set(data, '{lines,0,unitPrice}', '3.391') where id = {kept}", "invoice 1003"),
        ["file.stock"] = ("update inventory.movements set quantity = 9 where order_id = {kept} and kind = 'shipped'", "the file has 10, Inventory shipped 9"),
        ["file.payments"] = ("update billing.mt_doc_payment set data = jsonb_set(data, '{captured}', '33.89') where id = {kept}", "the file has 33.90, Billing 33.89"),
        ["file.ledger"] = ("update billing.ledger set credit = 33.89 where order_id = {kept} and account = 'sales'", "the ledger 33.89"),
        ["file.provider"] = ("update billing.test_provider set captured = 33.89 where order_id = {kept}", "the provider 33.89"),
        ["file.shipments"] = ("update shipping.mt_doc_shipment set data = jsonb_set(data, '{lines,0,quantity}', '9') where id = {kept}", "the file has 10, Shipping sent 9"),
    };

    public static TheoryData<string> Names => [.. s_alterations.Keys];

    private async Task<Reconciliation.Result> Reconcile(string sql) =>
        await new Reconciliation(shop.Plan, shop.Customers, shop.Orders).Run(new Oracle(await shop.AlteredAsync(sql)), [], TestContext.Current.CancellationToken);

    [Fact]
    public async Task the_shop_has_what_the_file_has()
    {
        var result = await Reconcile("");

        Assert.True(result.IsEqual, result.Text);
        Assert.Matches(@"Placed: orders +5 +5 +5 +5 ", result.Text);
        Assert.Matches(@"Cancelled: orders +2 +2 +2 +2 ", result.Text);
        Assert.Matches(@"  money £ +55.69 +55.69 +· +55.69 +55.69 +55.69 ", result.Text);
        Assert.Contains("before rounding the placed orders come to £131.686", result.Text, StringComparison.Ordinal);
        Assert.Contains("The shop holds no other orders", result.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task one_altered_row_is_found_by_name(string name)
    {
        var (sql, culprit) = s_alterations[name];

        var result = await Reconcile(sql.Replace("{kept}", $"'{shop.OrderOf("1003")}'", StringComparison.Ordinal));

        Assert.False(result.IsEqual);
        Assert.Contains($"BROKEN  {name}", result.Text, StringComparison.Ordinal);
        Assert.Contains(culprit, result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void every_rule_is_proved_to_be_breakable() => Assert.Equal(FileRules.All.Select(rule => rule.Name), s_alterations.Keys);

    [Fact]
    public async Task a_figure_that_differs_is_marked()
    {
        var result = await Reconcile($"update billing.test_provider set captured = 33.89 where order_id = '{shop.OrderOf("1003")}'");

        Assert.Matches(@"  money £ +55.69 +55.69 +· +55.69 +55.69 +55.68≠", result.Text);
    }

    [Fact]
    public async Task other_orders_in_the_shop_are_told_apart()
    {
        // Of the five orders the last is not this replay's.
        var mine = shop.Orders.Where(order => order.Value.Invoice != "1010").ToDictionary();
        var result = await new Reconciliation(Plan.Of(Sample.Read(), 4), shop.Customers, mine).Run(new Oracle(await shop.AlteredAsync("")), [], TestContext.Current.CancellationToken);

        Assert.True(result.IsEqual, result.Text);
        Assert.Contains("1 other order", result.Text, StringComparison.Ordinal);
    }
}
