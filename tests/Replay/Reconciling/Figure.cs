using System.Globalization;
using System.Text;
using Shared.Testing;

namespace Replay;

/// <summary>One figure of the file and how to ask each module for it; null where a module does not know it.</summary>
internal sealed record Figure(
    string What, decimal File, string? Orders = null, string? Inventory = null, string? Billing = null, string? Ledger = null, string? Provider = null, string? Shipping = null, bool IsMoney = false)
{
    private static readonly IReadOnlyList<string> Heads = ["", "File", "Orders", "Inventory", "Billing", "Ledger", "Provider", "Shipping"];

    private const string Standing = "join replayed using (order_id)";

    public static IReadOnlyList<Figure> Of(Plan plan) =>
    [
        new("Placed: orders", plan.Placed.Orders,
            Orders: $"select count(*) from orders {Standing}",
            Inventory: $"select count(*) from reservations {Standing}",
            Billing: $"select count(*) from payments {Standing}"),
        new("  lines", plan.Placed.Lines, Orders: $"select count(*) from order_lines {Standing}"),
        new("  units", plan.Placed.Units, Orders: $"select sum(quantity) from order_lines {Standing}"),
        new("  money £", plan.Placed.Money, IsMoney: true,
            Orders: $"select sum(total) from orders {Standing}",
            Billing: $"select sum(total) from payments {Standing}"),

        new("Cancelled: orders", plan.Cancelled.Orders,
            Orders: $"select count(*) from orders {Standing} where status = 'cancelled'",
            Inventory: $"select count(*) from reservations {Standing} where state in ('released', 'rejected', 'cancelled')",
            Billing: $"select count(*) from payments {Standing} where captured = refunded"),
        new("  units", plan.Cancelled.Units, Orders: $"select sum(quantity) from order_lines join orders using (order_id) {Standing} where status = 'cancelled'"),
        new("  money £", plan.Cancelled.Money, IsMoney: true,
            Orders: $"select sum(total) from orders {Standing} where status = 'cancelled'",
            Billing: $"select sum(total) from payments {Standing} where captured = refunded"),

        new("Standing: orders", plan.Kept.Orders,
            Orders: $"select count(*) from orders {Standing} where status = 'completed'",
            Inventory: $"select count(*) from reservations {Standing} where state = 'shipped'",
            Billing: $"select count(*) from payments {Standing} where captured > refunded",
            Ledger: $"select count(*) from (select order_id from ledger {Standing} where account <> 'provider' group by order_id having sum(credit - debit) > 0) as sold",
            Provider: $"select count(*) from provider {Standing} where captured > refunded",
            Shipping: $"select count(*) from shipments {Standing} where state = 'delivered'"),
        new("  lines", plan.Kept.Lines,
            Orders: $"select count(*) from order_lines join orders using (order_id) {Standing} where status = 'completed'",
            Shipping: $"select count(*) from shipment_lines join shipments using (order_id) {Standing} where state = 'delivered'"),
        new("  products per order", plan.Orders.Where(order => !plan.Undone.ContainsKey(order.Invoice)).Sum(order => order.Lines.DistinctBy(line => line.Code).Count()),
            Orders: $"select count(distinct (order_id, sku)) from order_lines join orders using (order_id) {Standing} where status = 'completed'",
            Inventory: $"select count(*) from movements {Standing} where kind = 'shipped'",
            Shipping: $"select count(distinct (order_id, sku)) from shipment_lines join shipments using (order_id) {Standing} where state = 'delivered'"),
        new("  units", plan.Kept.Units,
            Orders: $"select sum(quantity) from order_lines join orders using (order_id) {Standing} where status = 'completed'",
            Inventory: $"select sum(quantity) from movements {Standing} where kind = 'shipped'",
            Shipping: $"select sum(quantity) from shipment_lines join shipments using (order_id) {Standing} where state = 'delivered'"),
        new("  money £", plan.Kept.Money, IsMoney: true,
            Orders: $"select sum(total) from orders {Standing} where status = 'completed'",
            Billing: $"select sum(captured - refunded) from payments {Standing}",
            Ledger: $"select sum(credit - debit) from ledger {Standing} where account <> 'provider'",
            Provider: $"select sum(captured - refunded) from provider {Standing}"),

        new("Received: units", plan.Sales.Products.Sum(product => (decimal)product.Units),
            Inventory: $"select sum(quantity) from movements where kind = 'received' and starts_with(reference, '{Reconciliation.ReceiptPrefix}')"),
    ];

    /// <summary>The figures as a table, with ≠ beside each that differs from the file's.</summary>
    public static async Task<(string Table, bool Equal)> Compare(IReadOnlyList<Figure> figures, ShopCopy copy, CancellationToken ct)
    {
        var equal = true;
        List<IReadOnlyList<string>> rows = [Heads];
        foreach (var figure in figures)
        {
            List<string> row = [figure.What, figure.Text(figure.File) + " "];
            foreach (var query in (string?[])[figure.Orders, figure.Inventory, figure.Billing, figure.Ledger, figure.Provider, figure.Shipping])
            {
                var value = query is null ? (decimal?)null : (await copy.Ask($"select coalesce(({query}), 0)::numeric", found => found.GetDecimal(0), ct))[0];
                equal &= value is null || value == figure.File;
                row.Add(value is { } known ? figure.Text(known) + (known == figure.File ? " " : "≠") : "· ");
            }

            rows.Add(row);
        }

        return (Aligned(rows), equal);
    }

    private string Text(decimal value) => value.ToString(IsMoney ? "N2" : "N0", CultureInfo.InvariantCulture);

    private static string Aligned(IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var widths = Heads.Select((_, column) => rows.Max(row => row[column].Length)).ToList();
        var text = new StringBuilder();
        foreach (var row in rows)
            text.AppendLine(string.Join("  ", row.Select((cell, column) => column == 0 ? cell.PadRight(widths[0]) : cell.PadLeft(widths[column]))).TrimEnd());

        return text.ToString();
    }
}
