using System.Text;

namespace Replay;

internal static class Description
{
    /// <summary>What the file holds, what is left out and why, and what will be replayed.</summary>
    public static string Describe(this Plan plan, TimeSpan took)
    {
        var sales = plan.Sales;
        var all = Figures.Of(sales.Orders);
        var undone = Figures.Of(plan.Cancellations.Where(undoing => undoing.Order is not null).Select(undoing => undoing.Order!).ToList());
        var text = new StringBuilder()
            .AppendLine($"Read in {took.TotalSeconds:N1} s: {sales.Rows:N0} rows, {sales.Invoices:N0} invoices, {sales.Codes:N0} stock codes.")
            .AppendLine($"  clean sales    {all.Lines:N0} lines in {all.Orders:N0} orders of {Count(sale => sale.Customer):N0} customers in {Count(sale => sale.Country):N0} countries; {sales.Products.Count:N0} stock codes, {all.Units:N0} units")
            .AppendLine($"                 £{all.Exact:N3} exactly; £{all.Money:N2} with each line rounded to pennies, half away from zero")
            .AppendLine($"  cancellations  {sales.CancellationRows:N0} rows in {sales.Cancellations.Count:N0} invoices")
            .AppendLine($"  left out       {sales.LeftOut.Values.Sum():N0} other rows");

        foreach (var (reason, rows) in sales.LeftOut.OrderByDescending(reason => reason.Value))
            text.AppendLine($"                 {rows:N0}: {reason}");

        text.AppendLine($"Replayed are the first {plan.Orders.Count:N0} orders, £{plan.Placed.Money:N2}.")
            .AppendLine($"  applied        {undone.Orders:N0} of {plan.Cancellations.Count:N0} cancellations, each of which undoes an order exactly, worth £{undone.Money:N2}");

        foreach (var why in plan.Cancellations.Where(undoing => undoing.WhyNot is not null).CountBy(undoing => undoing.WhyNot!).OrderByDescending(why => why.Value))
            text.AppendLine($"  not applied    {why.Value:N0}: {why.Key}");

        return text.ToString();

        int Count(Func<Sale, string> by) => sales.Orders.Select(by).Distinct().Count();
    }
}
