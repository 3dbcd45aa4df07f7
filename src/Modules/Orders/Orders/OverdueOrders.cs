using Marten.Linq.MatchesSql;

namespace Orders;

/// <summary>
/// Orders that have been in their status for longer than its step may take. Of those that wait for stock or payment there are none, as they are cancelled by that, unless Orders itself is behind.
/// </summary>
internal static class OverdueOrders
{
    // Asked of the facts: the order's document does not say it, and if it did, the version before would lose it.
    private const string Since = """
        (select max(fact.timestamp) from orders.mt_events fact where fact.stream_id = d.id
            and fact.type in ('placed', 'stock-reserved', 'confirmed', 'cancellation-requested', 'cancellation-refused', 'dispatched'))
        """;

    public static IQueryable<Order> Overdue(this IQueryable<Order> orders, StepTimeouts timeouts, DateTimeOffset now)
    {
        (string Status, TimeSpan Wait)[] steps =
        [
            (OrderStatus.Placed, timeouts.Stock), (OrderStatus.Reserved, timeouts.Payment), (OrderStatus.Confirmed, timeouts.Dispatch),
            (OrderStatus.Cancelling, timeouts.Cancellation), (OrderStatus.Dispatched, timeouts.Delivery),
        ];
        // What is younger than that in all is not asked when it came into its status: of the rest, most are overdue indeed.
        var sql = string.Join(" or ", steps.Select(_ => $"d.status = ? and d.id < ? and {Since} < ?"));
        object[] values = [.. steps.SelectMany(step => new object[] { step.Status, OrderFilter.FirstIdOf(now - step.Wait), now - step.Wait })];
        return orders.Where(order => order.MatchesSql($"({sql})", values));
    }
}
