using Marten;
using Orders.Contracts;
using Shared.Kernel;

namespace Orders;

/// <summary>What is wanted.</summary>
/// <param name="UnitPrice">The price agreed instead of the catalogue's.</param>
internal sealed record WantedLine(string Sku, int Quantity, decimal? UnitPrice = null);

/// <summary>What is asked for, at its prices, and where to.</summary>
internal sealed record Priced(IReadOnlyList<OrderLine> Lines, string Currency, string Country, Carriage Carriage)
{
    public decimal Total { get; } = Order.TotalOf(Lines, Carriage);
}

/// <summary>What an order costs: the one calculation, for who asks and for who orders.</summary>
internal sealed class OrderPrice(IDocumentSession db, CarriageCost carriageCost)
{
    public const string UsualCountry = "GB";

    // Characters in the names of all lines together: with them, too, the largest order fits into a message, in whatever letters it is written.
    private const int MostInNames = 50_000;

    /// <param name="agreed">The shipping agreed instead of Shipping's rate.</param>
    /// <exception cref="RefusedException">Something is not for sale, nothing is sent there, or it all amounts to nothing.</exception>
    public async Task<Priced> Of(IReadOnlyList<WantedLine> wanted, string currency, string? country, decimal? agreed, CancellationToken ct)
    {
        var skus = wanted.Where(line => line.UnitPrice is null).Select(line => line.Sku).Distinct().ToList();
        var catalogue = (await db.LoadManyAsync<CatalogPrice>(ct, wanted.Select(line => line.Sku).Distinct().ToList())).ToDictionary(price => price.Sku);
        CatalogPrice.MustSell(skus, currency, catalogue);

        var room = MostInNames;
        var lines = wanted.Select(line => Order.Line(line.Sku, line.Quantity, line.UnitPrice ?? catalogue[line.Sku].Price!.Value) with
        {
            Name = catalogue.GetValueOrDefault(line.Sku)?.Name is { } name && (room -= name.Length) >= 0 ? name : null,
        }).ToList();
        var to = country ?? UsualCountry;
        // What is agreed is agreed as a whole: Shipping is not asked.
        var carriage = agreed is not null || wanted.Any(line => line.UnitPrice is not null)
            ? new Carriage(agreed ?? 0, Estimated: false)
            : await carriageCost.Of(to, currency, wanted.Sum(line => (long)line.Quantity * catalogue[line.Sku].Weight), lines.Sum(line => line.Amount), ct);

        return new Priced(lines, currency, to, carriage);
    }

    /// <summary>The rules of what is asked for, whoever asks. A line may be missing in a client's list.</summary>
    public static void Check(IReadOnlyList<WantedLine?> wanted, string currency, string? country, Rules rules)
    {
        rules.Require(currency.Length == 3 && currency.All(char.IsAsciiLetterUpper), "currency", "must be three capital letters such as GBP");
        rules.Require(country is null || country.Length == 2 && country.All(char.IsAsciiLetterUpper), "country", "must be two capital letters such as GB");
        if (!rules.Require(wanted.Count is > 0 and <= 1_000, "lines", "must have 1 to 1,000 entries")) return;

        for (var i = 0; i < wanted.Count; i++)
        {
            if (wanted[i] is not { } line)
            {
                rules.Require(false, $"lines[{i}]", "must be given");
                continue;
            }

            rules.Text(line.Sku, $"lines[{i}].sku", most: 64);
            rules.Require(line.Quantity is >= 1 and <= 100_000, $"lines[{i}].quantity", "must be 1 to 100,000");
            rules.Require(line.UnitPrice is null or (> 0 and <= 1_000_000 and { Scale: <= 4 }), $"lines[{i}].unitPrice", "must be above 0, at most 1,000,000 and have at most 4 decimals");
        }
    }
}
