namespace Replay;

/// <summary>A line of an order at the price that was agreed.</summary>
internal sealed record SaleLine(string Code, int Quantity, decimal Price)
{
    /// <summary>Rounded per line, half away from zero, to pennies: what the shop charges.</summary>
    public decimal Amount => Math.Round(Exact, 2, MidpointRounding.AwayFromZero);

    public decimal Exact => Quantity * Price;
}

/// <summary>A clean order: an invoice's rows with a customer, a quantity and a price above zero.</summary>
internal sealed record Sale(string Invoice, string Customer, string Country, DateTime Date, IReadOnlyList<SaleLine> Lines)
{
    public decimal Amount => Lines.Sum(line => line.Amount);
    public decimal Exact => Lines.Sum(line => line.Exact);
    public int Units => Lines.Sum(line => line.Quantity);
}

/// <summary>An invoice whose number begins with C: what a customer gave back, or never got.</summary>
internal sealed record Cancellation(string Invoice, string Customer, DateTime Date, IReadOnlyList<SaleLine> Lines);

/// <summary>A product as the file first sells it; without a description anywhere its code is its name.</summary>
internal sealed record SoldProduct(string Code, string Description, decimal Price, int Units);

/// <summary>What the file holds: its clean orders and cancellations, each in time order, and what was left out, counted by reason.</summary>
internal sealed class Sales
{
    public int Rows { get; private set; }
    public int Invoices { get; private set; }
    public int Codes { get; private set; }
    public int CancellationRows { get; private set; }
    public required IReadOnlyList<Sale> Orders { get; init; }
    public required IReadOnlyList<Cancellation> Cancellations { get; init; }

    /// <summary>Reason → rows; a row with several faults counts once, under all of them together.</summary>
    public required IReadOnlyDictionary<string, int> LeftOut { get; init; }

    /// <summary>Every code that is sold, at the first price and description, with all the units that are sold of it.</summary>
    public required IReadOnlyList<SoldProduct> Products { get; init; }

    public static Sales Read(Stream file)
    {
        OrderedDictionary<string, List<RetailRow>> orders = [], cancellations = [];
        var leftOut = new SortedDictionary<string, int>(StringComparer.Ordinal);
        HashSet<string> invoices = [], codes = [];
        int rows = 0, cancellationRows = 0;

        foreach (var row in RetailFile.Read(file, (_, reason) => { rows++; LeaveOut(reason); }))
        {
            rows++;
            invoices.Add(row.Invoice);
            codes.Add(row.Code);
            if (row.IsCancellation)
            {
                cancellationRows++;
                if (!cancellations.TryAdd(row.Invoice, [row])) cancellations[row.Invoice].Add(row);
            }
            else if (WhyNotClean(row) is { } reason) LeaveOut(reason);
            else if (!orders.TryGetValue(row.Invoice, out var order)) orders[row.Invoice] = [row];
            else if (order[0].Customer != row.Customer) LeaveOut("another customer's row on the invoice");
            else order.Add(row);
        }

        return new Sales
        {
            Rows = rows,
            Invoices = invoices.Count,
            Codes = codes.Count,
            CancellationRows = cancellationRows,
            LeftOut = leftOut,
            // Stable sorts: within a minute the file's own order.
            Orders = orders.Values.OrderBy(of => of[0].Date).Select(of => new Sale(of[0].Invoice, of[0].Customer, of[0].Country, of[0].Date, Lines(of))).ToList(),
            Cancellations = cancellations.Values.OrderBy(of => of[0].Date).Select(of => new Cancellation(of[0].Invoice, of[0].Customer, of[0].Date, Lines(of))).ToList(),
            Products = orders.Values.SelectMany(of => of).GroupBy(row => row.Code)
                .Select(of => new SoldProduct(of.Key, of.Select(row => row.Description).FirstOrDefault(text => !string.IsNullOrWhiteSpace(text), of.Key), of.First().Price, of.Sum(row => row.Quantity))).ToList(),
        };

        void LeaveOut(string reason) => leftOut[reason] = leftOut.GetValueOrDefault(reason) + 1;
    }

    private static string? WhyNotClean(RetailRow row) =>
        (row.Customer == "", row.Quantity <= 0, row.Price <= 0) switch
        {
            (false, false, false) => null,
            var (customer, quantity, price) => string.Join(", ", ((string?[])[customer ? "no customer" : null, quantity ? "quantity not above zero" : null, price ? "price not above zero" : null]).OfType<string>()),
        };

    private static List<SaleLine> Lines(IEnumerable<RetailRow> rows) => rows.Select(row => new SaleLine(row.Code, row.Quantity, row.Price)).ToList();
}
