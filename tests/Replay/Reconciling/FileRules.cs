using Shared.Testing;

namespace Replay;

/// <summary>What the file says of each order, customer and product, held against what each module has.</summary>
internal static class FileRules
{
    public static readonly IReadOnlyList<Invariant> All =
    [
        new("file.customers", "every customer of the file has the account that the shop answered",
            "select format('customer %s (account %s): unknown to Users', customer, customer_id) from (select distinct customer, customer_id from replayed) as asked where customer_id not in (select id from accounts)"),

        new("file.products", "every product of the file is in the catalogue",
            "select format('product %s: unknown to Catalog', sku) from file_products where sku not in (select sku from products)"),

        new("file.receipts", "of each product as many units were received as the file sells",
            $"""
            with received as (select sku, sum(quantity) as units from movements where kind = 'received' and starts_with(reference, '{Reconciliation.ReceiptPrefix}') group by sku)
            select format('product %s: the file sells %s, %s were received', sku, file_products.units, received.units)
            from file_products full join received using (sku) where file_products.units is distinct from received.units
            """),

        new("file.orders", "every order is as the file says: its customer, its end and its total",
            """
            select format('invoice %s (order %s): the file has %s %s of customer %s; Orders has %s %s of %s', invoice, order_id, file.status, due, customer, orders.status, total, orders.customer_id)
            from (select *, case when undone then 'cancelled' else 'completed' end as status from replayed) as file left join orders using (order_id)
            where (file.status, due, file.customer_id) is distinct from (orders.status, total, orders.customer_id)
            """),

        new("file.lines", "every order's lines are the file's: product, quantity, price and amount, as often as they stand there",
            """
            with file as (select order_id, sku, quantity, price, amount, count(*) as times from file_lines group by 1, 2, 3, 4, 5),
                shop as (select order_id, sku, quantity, price, amount, count(*) as times from order_lines join replayed using (order_id) group by 1, 2, 3, 4, 5)
            select format('invoice %s (order %s): %s × %s at %s = %s: the file has %s such lines, Orders %s', invoice, order_id, quantity, sku, price, amount, coalesce(file.times, 0), coalesce(shop.times, 0))
            from file full join shop using (order_id, sku, quantity, price, amount) join replayed using (order_id) where file.times is distinct from shop.times
            """),

        new("file.stock", "what left the house is what the file sells and does not cancel, of each order and product",
            """
            with file as (select order_id, sku, sum(quantity) as units from file_lines join replayed using (order_id) where not undone group by 1, 2),
                shop as (select order_id, sku, sum(quantity) as units from movements join replayed using (order_id) where kind = 'shipped' group by 1, 2)
            select format('invoice %s (order %s), %s: the file has %s, Inventory shipped %s', invoice, order_id, sku, coalesce(file.units, 0), coalesce(shop.units, 0))
            from file full join shop using (order_id, sku) join replayed using (order_id) where file.units is distinct from shop.units
            """),

        Money("payments", "Billing", "captured - refunded", "payments"),
        Money("ledger", "the ledger", "sum(credit - debit) filter (where account <> 'provider')", "ledger group by order_id"),
        Money("provider", "the provider", "captured - refunded", "provider"),

        new("file.shipments", "what the file sells and does not cancel is delivered, of each order and product, and nothing else",
            """
            with file as (select order_id, sku, sum(quantity) as units from file_lines join replayed using (order_id) where not undone group by 1, 2),
                shop as (select order_id, sku, sum(quantity) as units from shipments join shipment_lines using (order_id) join replayed using (order_id) where state in ('dispatched', 'delivered') group by 1, 2)
            select format('invoice %s (order %s, shipment %s), %s: the file has %s, Shipping sent %s', invoice, order_id, coalesce(state, 'missing'), sku, coalesce(file.units, 0), coalesce(shop.units, 0))
            from file full join shop using (order_id, sku) join replayed using (order_id) left join shipments using (order_id)
            where file.units is distinct from shop.units or (not undone and state is distinct from 'delivered')
            """),
    ];

    private static Invariant Money(string name, string who, string net, string from) => new($"file.{name}", $"{who} has each order's amount in pennies, and nothing of a cancelled one",
        $"""
        select format('invoice %s (order %s): the file has %s, {who} %s', invoice, order_id, case when undone then 0 else due end, coalesce(net, 0))
        from replayed left join (select order_id, {net} as net from {from}) as shop using (order_id) where case when undone then 0 else due end <> coalesce(net, 0)
        """);
}
