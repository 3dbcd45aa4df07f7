namespace Replay;

/// <summary>
/// Which cancellation invoices undo which clean orders: same customer, quantities per code summed, negated and equal; of the orders with an earlier date
/// the latest; each order at most once. Prices do not count.
/// </summary>
internal static class Undoings
{
    public const string NoCustomer = "names no customer", NoSuchOrder = "undoes no earlier order exactly", UndoneBefore = "its order was undone before";

    /// <param name="Order">The order that is undone; null if there is none, with the reason.</param>
    public sealed record Undoing(Cancellation Cancellation, Sale? Order, string? WhyNot);

    public static IReadOnlyList<Undoing> Match(IReadOnlyList<Sale> orders, IReadOnlyList<Cancellation> cancellations)
    {
        var alike = orders.ToLookup(order => Key(order.Customer, order.Lines, sign: 1));
        var undone = new HashSet<Sale>();

        return cancellations.Select(cancellation =>
        {
            if (cancellation.Customer == "") return new Undoing(cancellation, null, NoCustomer);

            var earlier = alike[Key(cancellation.Customer, cancellation.Lines, sign: -1)].Where(order => order.Date < cancellation.Date).ToList();
            var order = earlier.LastOrDefault(order => !undone.Contains(order));
            if (order is null) return new Undoing(cancellation, null, earlier.Count > 0 ? UndoneBefore : NoSuchOrder);

            undone.Add(order);
            return new Undoing(cancellation, order, null);
        }).ToList();
    }

    private static string Key(string customer, IEnumerable<SaleLine> lines, int sign) => customer + '\n' + string.Join('\n', lines
        .GroupBy(line => line.Code, (code, of) => $"{code}\t{sign * of.Sum(line => line.Quantity)}")
        .Order(StringComparer.Ordinal));
}
