using System.Globalization;
using System.Text;
using Replay;

namespace Integration;

/// <summary>A file of some hundred orders, made up by a seed and as dirty as the real one: the same text each time.</summary>
internal static class GeneratedSample
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    public static string Write(int orders, int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n");
        var at = new DateTime(2010, 12, 1, 8, 0, 0, DateTimeKind.Unspecified);
        var placed = new List<(string Invoice, string Customer, (string Code, int Quantity, decimal Price)[] Lines)>();

        for (var n = 0; n < orders; n++)
        {
            at = at.AddMinutes(random.Next(0, 3));
            var order = (Invoice: $"{536000 + n}", Customer: $"{12346 + random.Next(60)}", Lines: Enumerable.Range(0, random.Next(1, 4)).Select(Line).ToArray());
            placed.Add(order);
            foreach (var line in order.Lines) Row(order.Invoice, line.Code, line.Quantity, line.Price, order.Customer);

            // What real files hold besides: no customer, nothing paid, nothing sold, an adjustment by hand, a broken row.
            if (n % 9 == 0) Row(order.Invoice, "GIFT", 1, 0m, order.Customer);
            if (n % 13 == 0) Row($"{700000 + n}", "22423", 2, 12.75m, "");
            if (n % 17 == 0) Row($"{710000 + n}", "22423", -5, 0m, "");
            if (n % 29 == 0) text.Append(Invariant, $"{720000 + n},22423,\"damaged\nand wet\",some,{at:yyyy-MM-dd HH:mm:ss},1,12346.0,United Kingdom\n");

            // Some orders are undone, at once or later; some of them in part, which is not applied, and some twice.
            if (n % 12 == 5) Undo(n, placed[^1], 1);
            if (n % 15 == 14) Undo(n, placed[random.Next(placed.Count)], 2);
            if (n % 31 == 7) Row($"C{800000 + n}", order.Lines[0].Code, -1, order.Lines[0].Price, order.Customer);
        }

        return text.ToString();

        // Below a penny only beside another: an order that comes to nothing is refused.
        (string Code, int Quantity, decimal Price) Line(int place) => (random.Next(20) == 0 ? "POST" : $"{22000 + random.Next(80)}{"AB"[random.Next(2)]}", random.Next(1, 25), place > 0 && random.Next(10) == 0 ? 0.001m : random.Next(1, 2000) / 100m);

        void Undo(int n, (string Invoice, string Customer, (string Code, int Quantity, decimal Price)[] Lines) order, int minutesLater)
        {
            at = at.AddMinutes(minutesLater);
            foreach (var line in order.Lines) Row($"C{600000 + n}", line.Code, -line.Quantity, line.Price, order.Customer);
        }

        void Row(string invoice, string code, int quantity, decimal price, string customer) =>
            text.Append(Csv.Write(invoice, code, code.Length % 2 == 0 ? "HEART, \"WHITE\"" : "", quantity.ToString(Invariant), at.ToString("yyyy-MM-dd HH:mm:ss", Invariant), price.ToString(Invariant), customer == "" ? "" : customer + ".0", "United Kingdom")).Append('\n');
    }
}
