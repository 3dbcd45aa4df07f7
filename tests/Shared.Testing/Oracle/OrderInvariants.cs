namespace Shared.Testing;

/// <summary>An order comes to one end, and the four modules tell the same story of it.</summary>
internal static class OrderInvariants
{
    /// <summary>States that an order leaves by itself.</summary>
    public const string Moving = "'placed', 'reserved', 'cancelling'";

    private const string AtRest = "'confirmed', 'dispatched', 'completed', 'cancelled'", Terminal = "'completed', 'cancelled'";

    public static IReadOnlyList<Invariant> All(Known known) =>
    [
        known.EveryOrderIsOver
            ? new("order.is-over", "every order is completed or cancelled", $"select format('order %s is %s', order_id, status) from orders where status is null or status not in ({Terminal})")
            : new("order.is-at-rest", "every order is confirmed, dispatched, completed or cancelled", $"select format('order %s is %s', order_id, status) from orders where status is null or status not in ({AtRest})"),

        new("order.ends-once", "an order's history has at most one end, and it is the one that its state says",
            $"""
            select format('order %s is %s, but its history has the ends: %s', order_id, status, coalesce(ends, 'none'))
            from orders full join (select order_id, string_agg(type, ', ' order by type) as ends from facts where type in ({Terminal}) group by order_id) as history using (order_id)
            where coalesce(ends, 'none') is distinct from case when status in ({Terminal}) then status else 'none' end
            """),

        new("order.total-is-its-lines", "a line's amount is quantity × unit price, rounded half away from zero to pennies, and the total is their sum and the shipping",
            """
            select format('order %s: total %s, lines %s, computed %s, shipping %s', order_id, total, amounts, computed, shipping)
            from orders left join (select order_id, sum(amount) as amounts, sum(round(quantity * price, 2)) as computed, bool_and(amount = round(quantity * price, 2)) as same
                from order_lines group by order_id) as lines using (order_id)
            where total is distinct from amounts + shipping or shipping < 0 or same is not true
            """),

        new("shipment.is-of-a-paid-order", "nothing is sent for an order that is neither paid nor on invoice, or is cancelled",
            """
            select format('order %s is %s with %s captured and %s refunded, and its shipment is %s', order_id, coalesce(status, 'unknown'), captured, payments.refunded, state)
            from shipments left join orders using (order_id) left join (select order_id, captured + owed as captured, refunded, parts from payments) as payments using (order_id)
            where state in ('dispatched', 'partly-dispatched', 'delivered') and (coalesce(status, 'cancelled') = 'cancelled' or coalesce(captured - (payments.refunded - parts), 0) <= 0)
            """),

        Agrees("inventory", "reservations", "(status in ('confirmed') and state = 'reserved') or (status = 'dispatched' and state = 'reserved' and order_id in (select order_id from shipments where state = 'partly-dispatched')) or (status in ('dispatched', 'completed') and state = 'shipped') or (status = 'cancelled' and case reason when 'shipment.lost' then state = 'shipped' else state in ('released', 'rejected', 'cancelled') end)"),
        Agrees("billing", "payments", "(status in ('confirmed', 'dispatched', 'completed') and state in ('captured', 'owed')) or (status = 'cancelled' and state in ('void', 'declined', 'refunded'))"),
        Agrees("shipping", "shipments", "(status = 'confirmed' and state = 'ready') or (status = 'dispatched' and state in ('dispatched', 'partly-dispatched')) or (status = 'completed' and state = 'delivered') or (status = 'cancelled' and coalesce(state, 'stopped') = case reason when 'shipment.lost' then 'lost' else 'stopped' end)"),

        new("orders.money-agrees-with-billing", "Orders knows of each order what Billing captured and refunded",
            """
            select format('order %s: Orders says %s, %s refunded; Billing has %s captured, %s refunded', order_id, case when paid then 'paid' else 'not paid' end, orders.refunded, captured, payments.refunded)
            from orders full join payments using (order_id)
            where (coalesce(paid, false), coalesce(orders.refunded, 0)) <> (coalesce(captured, 0) > 0, coalesce(payments.refunded, 0))
            """),

        Lines("inventory", "reservation_lines", "status not in ('cancelled', " + Moving + ")"),
        Lines("shipping", "shipment_lines", "status not in ('cancelled', " + Moving + ")"),
    ];

    private static Invariant Agrees(string module, string table, string agree) => new($"orders.agree-with-{module}", $"what {char.ToUpperInvariant(module[0])}{module[1..]} says of an order fits what Orders says",
        $"""
        select format('order %s is %s, its %s %s', order_id, coalesce(status, 'unknown'), '{table[..^1]}', coalesce(state, 'missing'))
        from orders full join {table} using (order_id)
        where coalesce(status, 'unknown') not in ({Moving}) and ({agree}) is not true
        """);

    private static Invariant Lines(string module, string table, string where) => new($"orders.lines-agree-with-{module}", $"{char.ToUpperInvariant(module[0])}{module[1..]} has each product of an order that stands as often as Orders",
        $"""
        select format('order %s, %s: %s in Orders, %s in {module}', order_id, sku, mine.quantity, theirs.quantity)
        from (select order_id, sku, sum(quantity) as quantity from order_lines join orders using (order_id) where {where} group by order_id, sku) as mine
            full join (select order_id, sku, sum(quantity) as quantity from {table} join orders using (order_id) where {where} group by order_id, sku) as theirs using (order_id, sku)
        where mine.quantity is distinct from theirs.quantity
        """);
}
