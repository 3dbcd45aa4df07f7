namespace Shared.Testing;

/// <summary>Every piece that came is here, set aside or gone.</summary>
internal static class StockInvariants
{
    public static readonly IReadOnlyList<Invariant> All =
    [
        new("stock.adds-up", "on hand + reserved + shipped = received + corrections, of each product",
            """
            select format('%s: %s on hand + %s reserved + %s shipped, but %s received and %s corrected', sku, on_hand, reserved, shipped, received, corrected)
            from stock where on_hand + reserved + shipped <> received + corrected
            """),

        new("stock.not-negative", "nothing is ever below zero",
            """
            select format('%s: %s on hand, %s reserved, %s shipped, %s received', sku, on_hand, reserved, shipped, received)
            from stock where least(on_hand, reserved, shipped, received) < 0
            """),

        new("stock.is-the-sum-of-its-movements", "each counter is what the book of movements adds up to",
            """
            with book as (
                select sku,
                    coalesce(sum(quantity) filter (where kind = 'received'), 0) as received,
                    coalesce(sum(quantity) filter (where kind = 'corrected'), 0) as corrected,
                    coalesce(sum(quantity) filter (where kind = 'reserved'), 0) - coalesce(sum(quantity) filter (where kind in ('released', 'shipped')), 0) as reserved,
                    coalesce(sum(quantity) filter (where kind = 'shipped'), 0) as shipped
                from movements group by sku)
            select format('%s: counted %s received, %s corrected, %s reserved, %s shipped, but the book has %s, %s, %s, %s', coalesce(stock.sku, book.sku),
                stock.received, stock.corrected, stock.reserved, stock.shipped, book.received, book.corrected, book.reserved, book.shipped)
            from stock full join book on book.sku = stock.sku
            where (stock.received, stock.corrected, stock.reserved, stock.shipped) is distinct from (book.received, book.corrected, book.reserved, book.shipped)
            """),

        new("stock.is-what-orders-hold", "reserved and shipped are what the reservations say, of each product",
            """
            with held as (
                select sku,
                    coalesce(sum(quantity - shipped - given_up) filter (where state = 'reserved'), 0) as reserved,
                    coalesce(sum(case state when 'shipped' then quantity - given_up else shipped end), 0) as shipped
                from reservation_lines left join reservations using (order_id) group by sku)
            select format('%s: counted %s reserved and %s shipped, but orders hold %s and %s', coalesce(stock.sku, held.sku), stock.reserved, stock.shipped, held.reserved, held.shipped)
            from stock full join held on held.sku = stock.sku
            where (coalesce(stock.reserved, 0), coalesce(stock.shipped, 0)) <> (coalesce(held.reserved, 0), coalesce(held.shipped, 0))
            """),

        new("stock.moves-once-for-an-order", "an order's lines are reserved once, and then released once or shipped once, at once or in parts, as its reservation says; what is given up of them is released and not for sale",
            """
            with moved as (
                select order_id, sku,
                    coalesce(sum(quantity) filter (where kind = 'reserved'), 0) as reserved,
                    coalesce(sum(quantity) filter (where kind = 'released'), 0) as released,
                    coalesce(sum(quantity) filter (where kind = 'shipped'), 0) as shipped,
                    -coalesce(sum(quantity) filter (where kind = 'corrected'), 0) as given_up
                from movements where order_id is not null group by order_id, sku),
            wanted as (
                select order_id, sku, quantity as reserved,
                    case state when 'released' then quantity else given_up end as released,
                    case state when 'shipped' then quantity - given_up else shipped end as shipped,
                    given_up
                from reservation_lines join reservations using (order_id))
            select format('order %s, %s: moved %s reserved, %s released, %s shipped, %s given up, but its reservation says %s, %s, %s, %s', order_id, sku,
                moved.reserved, moved.released, moved.shipped, moved.given_up, wanted.reserved, wanted.released, wanted.shipped, wanted.given_up)
            from moved full join wanted using (order_id, sku)
            where (moved.reserved, moved.released, moved.shipped, moved.given_up) is distinct from (wanted.reserved, wanted.released, wanted.shipped, wanted.given_up)
            """),
    ];
}
