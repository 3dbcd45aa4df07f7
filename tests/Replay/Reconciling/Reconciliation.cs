using Shared.Testing;

namespace Replay;

/// <summary>The shop at rest held against the file: figure by figure, order by order, and by the oracle's invariants.</summary>
internal sealed class Reconciliation(Plan plan, IReadOnlyDictionary<string, Guid> customers, IReadOnlyDictionary<Guid, Sale> orders)
{
    /// <summary>By which the receipts of a replay are known among others.</summary>
    public const string ReceiptPrefix = "replay ";

    /// <param name="Text">The table, what else is to be said, and the rules.</param>
    public sealed record Result(string Text, bool IsEqual);

    public async Task<Result> Run(Oracle oracle, IReadOnlyCollection<string> refusedKeys, CancellationToken ct)
    {
        await using var copy = await oracle.CopyAsync(ct);
        await copy.Fill("replayed", "order_id uuid primary key, invoice text, customer text, customer_id uuid, undone boolean, due numeric", orders.Select(order => (object[])
            [order.Key, order.Value.Invoice, order.Value.Customer, customers[order.Value.Customer], plan.Undone.ContainsKey(order.Value.Invoice), order.Value.Amount]), ct);
        await copy.Fill("file_lines", "order_id uuid, sku text, quantity bigint, price numeric, amount numeric", orders.SelectMany(order => order.Value.Lines.Select(line => (object[])
            [order.Key, line.Code, (long)line.Quantity, line.Price, line.Amount])), ct);
        await copy.Fill("file_products", "sku text primary key, units bigint", plan.Sales.Products.Select(product => (object[])[product.Code, (long)product.Units]), ct);

        var others = await Count("select count(*) from orders where order_id not in (select order_id from replayed)");
        var (table, equal) = await Figure.Compare(Figure.Of(plan), copy, ct);
        var known = new Known { EveryOrderIsOver = others == 0, AcknowledgedAreAll = others == 0, AcknowledgedOrders = [.. orders.Keys], RefusedKeys = refusedKeys };
        var findings = await copy.Check(known, ct, FileRules.All);
        var refunded = await Count("select count(*) from payments join replayed using (order_id) where refunded > 0");

        return new Result(
            $"""
            {table}
            Money is each line's quantity × price rounded to pennies, half away from zero; before rounding the placed orders come to £{plan.Placed.Exact:N3}.
            Of the {plan.Cancelled.Orders:N0} cancelled orders {refunded:N0} had been paid and have their money back.
            Users has {await Count("select count(distinct customer_id) from replayed where customer_id in (select id from accounts)"):N0} of {customers.Count:N0} customers, Catalog {await Count("select count(*) from file_products where sku in (select sku from products)"):N0} of {plan.Sales.Products.Count:N0} products.
            {(others == 0 ? "The shop holds no other orders." : $"The shop holds {others:N0} other {(others == 1 ? "order" : "orders")}: the figures are those of the replayed ones, the rules those of all.")}

            {findings}
            """,
            equal && findings.Hold);

        async Task<long> Count(string query) => (await copy.Ask(query, row => row.GetInt64(0), ct))[0];
    }
}
