namespace Shared.Testing;

/// <summary>The shop has the money of the orders that stand, once, and its three books say so.</summary>
internal static class MoneyInvariants
{
    public static readonly IReadOnlyList<Invariant> All =
    [
        new("money.is-the-total-of-paid-orders", "captured less refunded, and what is owed on invoice, is the order's total, less the parts that operators gave back or credited, where it stands, and nothing where it is cancelled",
            $"""
            select format('order %s (%s, total %s): %s captured, %s refunded, %s owed', order_id, coalesce(status, 'unknown'), orders.total, captured, payments.refunded, owed)
            from orders full join payments using (order_id)
            where coalesce(status, 'cancelled') not in ({OrderInvariants.Moving})
                and coalesce(captured - payments.refunded + owed, 0) <> case when coalesce(status, 'cancelled') = 'cancelled' then 0 else orders.total - coalesce(parts, 0) end
            """),

        new("money.adds-up", "captured less refunded, and what is owed on invoices, of all payments, is the total of all orders that stand, less the parts that operators gave back of these or credited",
            $"""
            select format('%s captured − %s refunded + %s owed = %s, but the paid orders that stand amount to %s', captured, refunded, owed, captured - refunded + owed, standing)
            from (select coalesce(sum(captured), 0) as captured, coalesce(sum(refunded), 0) as refunded, coalesce(sum(owed), 0) as owed from payments) as payments,
                (select coalesce(sum(orders.total - coalesce(parts, 0)), 0) as standing from orders left join payments using (order_id) where status not in ('cancelled', {OrderInvariants.Moving})) as orders
            where captured - refunded + owed <> standing and not exists (select from orders where status in ({OrderInvariants.Moving}))
            """),

        new("provider.captured-once", "the provider took the money of an order at most once, and gave back no more than it took",
            "select format('order %s: %s captures of %s, %s refunds of %s', order_id, captures, captured, refunds, refunded) from provider where captures > 1 or refunded > captured"),

        new("provider.agrees-with-payments", "the provider's book and Billing's say the same of each order, and of those on invoice the provider's says nothing",
            """
            select format('order %s: the provider has %s captured and %s refunded, Billing %s and %s', order_id, provider.captured, provider.refunded, payments.captured, payments.refunded)
            from provider full join payments using (order_id)
            where (coalesce(provider.captured, 0), coalesce(provider.refunded, 0)) <> case when on_invoice then (0::numeric, 0::numeric) else (coalesce(payments.captured, 0), coalesce(payments.refunded, 0)) end
            """),

        new("ledger.balances", "debits = credits, over all",
            "select format('%s debits, %s credits', sum(debit), sum(credit)) from ledger having sum(debit) <> sum(credit)"),

        new("ledger.postings-balance", "debits = credits, of each posting, which has two sides",
            """
            select format('posting %s of order %s: %s debits, %s credits on %s lines', posting, min(order_id::text), sum(debit), sum(credit), count(*))
            from ledger group by posting having sum(debit) <> sum(credit) or count(*) < 2
            """),

        new("ledger.agrees-with-payments", "the ledger's sales and refunds are what Billing captured and refunded, or what is owed and credited on invoice, of each order",
            """
            with book as (
                select order_id, coalesce(sum(credit - debit) filter (where account = 'sales'), 0) as sales, coalesce(sum(debit - credit) filter (where account = 'refunds'), 0) as refunds,
                    coalesce(sum(debit - credit) filter (where account in ('provider', 'bank')), 0) as held, coalesce(sum(debit - credit) filter (where account = 'receivables'), 0) as receivable
                from ledger group by order_id)
            select format('order %s: the ledger has %s sales, %s refunds, %s with the provider or the bank and %s receivable, Billing %s captured, %s refunded, %s owed and %s credited', order_id, sales, refunds, held, receivable, captured, refunded, owed, credited)
            from book full join payments using (order_id)
            where (coalesce(sales, 0), coalesce(refunds, 0), coalesce(held, 0), coalesce(receivable, 0))
                <> (coalesce(captured + owed + credited, 0), coalesce(refunded + credited, 0), coalesce(captured - refunded, 0), coalesce(owed, 0))
            """),
    ];
}
