using Shared.Kernel;

namespace Catalog;

public enum ProductState
{
    Published,
    Withdrawn,
}

/// <summary>Published at a price, which changes only while it is published; withdrawn and published again as often as wanted.</summary>
public sealed class Product
{
    public required string Sku { get; init; }

    public required string Name { get; init; }

    public required decimal Price { get; set; }

    public required string Currency { get; set; }

    /// <summary>Grams; 0: there is nothing to carry.</summary>
    public int Weight { get; init; }

    public ProductState State { get; set; }

    /// <summary>Counts the changes from 1: the version of the events, the ETag, and what a change is checked against when it is committed.</summary>
    public long Version { get; set; } = 1;

    internal bool Costs(decimal price, string currency) => Price == price && Currency == currency;

    /// <returns>Whether anything changed.</returns>
    internal bool ChangePrice(decimal price, string currency)
    {
        // Whoever receives events in another order may then take a price as word that the product can be ordered.
        if (State == ProductState.Withdrawn) throw new RefusedException("product.withdrawn", $"Product {Sku} is withdrawn and its price rests: publish it again first.");
        if (Costs(price, currency)) return false;

        (Price, Currency) = (price, currency);
        Version++;
        return true;
    }

    /// <returns>Whether anything changed.</returns>
    internal bool Become(ProductState state)
    {
        if (State == state) return false;

        State = state;
        Version++;
        return true;
    }

    internal static bool IsSku(string? sku) =>
        sku?.Length is >= 1 and <= 40 && sku.All(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '.' or '_' or '-') && sku.Trim() == sku && sku.Any(c => c is not '.');

    /// <summary>Every rule that is broken, with the field's name.</summary>
    internal static IEnumerable<(string Field, string Rule)> Broken(string? sku, string? name, decimal price, string? currency, int? weight)
    {
        if (!IsSku(sku))
            yield return ("sku", "must have 1 to 40 letters, digits, spaces, dots, hyphens or underscores, no space at either end, and not only dots");
        if (!(name?.Length is >= 1 and <= 200 && !string.IsNullOrWhiteSpace(name) && !name.Any(c => char.IsControl(c) || c == '\uFFFD')))
            yield return ("name", "must have 1 to 200 characters, none of them a control character or broken UTF-8");
        foreach (var broken in Broken(price, currency)) yield return broken;
        if (weight is not (>= 0 and <= 1_000_000))
            yield return ("weight", "must be whole grams, 0 to 1000000");
    }

    internal static IEnumerable<(string Field, string Rule)> Broken(decimal price, string? currency)
    {
        if (!(price is >= 0.0001m and <= 1_000_000m && decimal.Round(price, 4) == price))
            yield return ("price", "must be from 0.0001 to 1000000 with at most 4 decimals");
        if (!(currency?.Length == 3 && currency.All(char.IsAsciiLetterUpper)))
            yield return ("currency", "must be three capital letters such as EUR");
    }
}
