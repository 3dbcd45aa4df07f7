namespace Replay;

/// <summary>What a set of orders comes to.</summary>
/// <param name="Money">The sum of the lines' amounts, each rounded to pennies.</param>
/// <param name="Exact">The same before rounding.</param>
internal sealed record Figures(int Orders, int Lines, long Units, decimal Money, decimal Exact)
{
    public static Figures Of(IReadOnlyCollection<Sale> sales) => new(
        sales.Count, sales.Sum(sale => sale.Lines.Count), sales.Sum(sale => (long)sale.Units), sales.Sum(sale => sale.Amount), sales.Sum(sale => sale.Exact));
}

/// <summary>
/// What is put through the shop: the first orders of the file, in time order, and the cancellations that undo one of them.
/// An order's fate is the file's, however many are asked for, so that a longer replay goes on where a shorter one ended.
/// </summary>
internal sealed class Plan
{
    public const string Beyond = "its order is beyond the first ones asked for";

    private Plan(Sales sales, IReadOnlyList<Sale> orders, IReadOnlyList<Undoings.Undoing> cancellations)
    {
        (Sales, Orders, Cancellations) = (sales, orders, cancellations);
        Undone = cancellations.Where(undoing => undoing.Order is not null).ToDictionary(undoing => undoing.Order!.Invoice, undoing => undoing.Cancellation);
        Steps = [.. Merge()];
        Placed = Figures.Of(Orders);
        Cancelled = Figures.Of([.. Orders.Where(order => Undone.ContainsKey(order.Invoice))]);
        Kept = Figures.Of([.. Orders.Where(order => !Undone.ContainsKey(order.Invoice))]);
    }

    public Sales Sales { get; }
    public IReadOnlyList<Sale> Orders { get; }

    /// <summary>Every cancellation invoice of the file; with the order that it undoes, or the reason why it is not applied.</summary>
    public IReadOnlyList<Undoings.Undoing> Cancellations { get; }

    /// <summary>Order invoice → the cancellation that undoes it.</summary>
    public IReadOnlyDictionary<string, Cancellation> Undone { get; }

    /// <summary>Orders and cancellations in time order; an order is before what undoes it.</summary>
    public IReadOnlyList<Step> Steps { get; }

    public Figures Placed { get; }
    public Figures Cancelled { get; }
    public Figures Kept { get; }

    /// <param name="Cancellation">Null: the order is placed. Otherwise it is cancelled.</param>
    public sealed record Step(Sale Order, Cancellation? Cancellation);

    public static Plan Of(Sales sales, int most)
    {
        var orders = sales.Orders.Take(most).ToList();
        var taken = orders.ToHashSet();
        var cancellations = Undoings.Match(sales.Orders, sales.Cancellations)
            .Select(undoing => undoing.Order is { } order && !taken.Contains(order) ? undoing with { Order = null, WhyNot = Beyond } : undoing)
            .ToList();

        return new Plan(sales, orders, cancellations);
    }

    private IEnumerable<Step> Merge() => Orders.Select(order => (order.Date, Step: new Step(order, null)))
        .Concat(Cancellations.Where(undoing => undoing.Order is not null).Select(undoing => (undoing.Cancellation.Date, Step: new Step(undoing.Order!, undoing.Cancellation))))
        .OrderBy(step => step.Date)
        .Select(step => step.Step);
}
