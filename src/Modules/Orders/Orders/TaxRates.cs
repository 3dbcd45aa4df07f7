using Microsoft.Extensions.Configuration;
using Orders.Contracts;

namespace Orders;

/// <summary>The tax that is in a price.</summary>
/// <param name="Rate">Percent of what is left without it.</param>
/// <param name="Amount">Of the total.</param>
public sealed record IncludedTax(decimal Rate, decimal Amount);

/// <summary>How much of a price is tax, in percent, by country; prices include it. Settings <c>Orders:Tax:GB</c> and so on.</summary>
internal sealed record TaxRates(IReadOnlyDictionary<string, decimal> ByCountry)
{
    private const string Section = "Orders:Tax";

    public static TaxRates From(IConfiguration configuration) => new(configuration.GetSection(Section).GetChildren()
        .ToDictionary(rate => rate.Key.ToUpperInvariant(), rate => Read(rate) ?? throw new FormatException(Fault(rate))));

    public static IEnumerable<string> Faults(IConfiguration configuration) => configuration.GetSection(Section).GetChildren().Where(rate => Read(rate) is null).Select(Fault);

    public decimal? RateOf(string country) => ByCountry.TryGetValue(country, out var rate) ? rate : null;

    /// <summary>Null: the country has no rate here, and nothing is said of tax.</summary>
    public IncludedTax? In(decimal total, string country, string currency) => RateOf(country) is { } rate
        ? new IncludedTax(rate, InclusivePrice.TaxIn(total, rate, currency))
        : null;

    private static string Fault(IConfigurationSection rate) =>
        $"{Section}:{rate.Key} is '{rate.Value}': name a country by two letters, and give the tax in percent, 0 to 100 with at most 3 decimals, such as {Section}:GB=20.";

    private static decimal? Read(IConfigurationSection rate) =>
        rate.Key.Length == 2 && rate.Key.All(char.IsAsciiLetter) && decimal.TryParse(rate.Value, out var percent) && percent is >= 0 and <= 100 && decimal.Round(percent, 3) == percent
            ? percent
            : null;
}
