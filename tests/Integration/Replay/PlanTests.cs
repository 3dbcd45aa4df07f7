using Replay;

namespace Integration;

public sealed class PlanTests
{
    private readonly Plan _plan = Plan.Of(Sample.Read(), int.MaxValue);

    private static Dictionary<string, string?> Fates(Plan plan) => plan.Cancellations.ToDictionary(undoing => undoing.Cancellation.Invoice, undoing => undoing.Order?.Invoice ?? undoing.WhyNot);

    [Fact]
    public void a_cancellation_undoes_the_latest_earlier_order_with_the_same_goods_and_each_order_once() => Assert.Equal(
        new Dictionary<string, string?>
        {
            ["C1000"] = Undoings.NoSuchOrder,
            ["C1005"] = "1002",
            ["C1006"] = "1001",
            ["C1007"] = Undoings.UndoneBefore,
            ["C1008"] = Undoings.NoSuchOrder,
            ["C1009"] = Undoings.NoSuchOrder,
            ["C1011"] = Undoings.NoCustomer,
            ["C1012"] = Undoings.NoSuchOrder,
        },
        Fates(_plan));

    [Fact]
    public void figures_are_the_files_own()
    {
        Assert.Equal(new Figures(5, 10, 37, 131.69m, 131.686m), _plan.Placed);
        Assert.Equal(new Figures(2, 5, 18, 76.00m, 76.00m), _plan.Cancelled);
        Assert.Equal(new Figures(3, 5, 19, 55.69m, 55.686m), _plan.Kept);
    }

    [Fact]
    public void steps_are_in_time_order_with_each_cancellation_after_its_order() => Assert.Equal(
        ["1001", "1002", "1003", "1004", "C1005 of 1002", "C1006 of 1001", "1010"],
        _plan.Steps.Select(step => step.Cancellation is { } cancellation ? $"{cancellation.Invoice} of {step.Order.Invoice}" : step.Order.Invoice));

    [Fact]
    public void of_the_first_orders_each_has_the_fate_that_the_whole_file_gives_it()
    {
        var plan = Plan.Of(Sample.Read(), 1);

        Assert.Equal(["1001", "1001"], plan.Steps.Select(step => step.Order.Invoice));
        Assert.Equal(("1001", Plan.Beyond), (Fates(plan)["C1006"], Fates(plan)["C1005"]));
        Assert.Equal((1, 1, 0), (plan.Placed.Orders, plan.Cancelled.Orders, plan.Kept.Orders));
    }

    [Fact]
    public void what_is_left_out_and_not_applied_is_described()
    {
        var text = _plan.Describe(TimeSpan.Zero);

        Assert.Contains("30 rows, 16 invoices", text, StringComparison.Ordinal);
        Assert.Contains("£131.686 exactly; £131.69", text, StringComparison.Ordinal);
        Assert.Contains("2: no customer, quantity not above zero, price not above zero", text, StringComparison.Ordinal);
        Assert.Contains("2 of 8 cancellations", text, StringComparison.Ordinal);
        Assert.Contains("4: undoes no earlier order exactly", text, StringComparison.Ordinal);
    }
}
