using System.Text.Json.Serialization;
using Catalog.Contracts;
using Shared.Kernel;

namespace Catalog;

public enum ProductState
{
    Published,
    Withdrawn,

    /// <summary>Not for customers' eyes yet.</summary>
    Draft,
}

/// <summary>A draft until it is published at a price, which changes only while it is published; withdrawn and published again as often as wanted.</summary>
public sealed class Product
{
    public required string Sku { get; init; }

    public required string Name { get; set; }

    public required decimal Price { get; set; }

    public required string Currency { get; set; }

    /// <summary>Grams; 0: there is nothing to carry.</summary>
    public int Weight { get; set; }

    public string Description { get; set; } = "";

    public IReadOnlyList<Image> Images { get; set; } = [];

    /// <summary>Slugs, in the order of the alphabet.</summary>
    public IReadOnlyList<string> Categories { get; set; } = [];

    // A draft is kept as a withdrawn product with a mark: a program that knows no drafts still reads it, and does not sell it.
    [JsonInclude] internal bool IsDraft { get; set; }

    [JsonInclude, JsonPropertyName("state")] internal ProductState Kept { get; set; }

    [JsonIgnore] public ProductState State
    {
        get => IsDraft ? ProductState.Draft : Kept;
        set => (IsDraft, Kept) = value == ProductState.Draft ? (true, ProductState.Withdrawn) : (false, value);
    }

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
        if (state == ProductState.Draft) throw new RefusedException("product.published", $"Product {Sku} was published, and is a draft no more: withdraw it instead.");
        if (State == ProductState.Draft && state == ProductState.Withdrawn) throw new RefusedException("product.draft", $"Product {Sku} is a draft: it was never for sale, and there is nothing to withdraw.");

        State = state;
        Version++;
        return true;
    }

    /// <returns>Whether anything changed.</returns>
    internal bool Correct(Details details)
    {
        if (details.Are(this)) return false;

        (Name, Description, Weight, Images, Categories) = (details.Name, details.Description, details.Weight, details.Images, details.Categories);
        Version++;
        return true;
    }

    internal ProductPublished AsPublished() => new(Sku, Name, Price, Currency, Version, Weight);

    internal static bool IsSku(string? sku) =>
        sku?.Length is >= 1 and <= 40 && sku.All(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '.' or '_' or '-') && sku.Trim() == sku && sku.Any(c => c is not '.');

    /// <summary>Every rule that is broken, with the field's name.</summary>
    internal static IEnumerable<(string Field, string Rule)> Broken(string? sku, string? name, decimal price, string? currency, int? weight)
    {
        if (!IsSku(sku))
            yield return ("sku", "must have 1 to 40 letters, digits, spaces, dots, hyphens or underscores, no space at either end, and not only dots");
        if (!IsText(name, 200) || string.IsNullOrWhiteSpace(name))
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

    internal static bool IsText(string? text, int most) => text?.Length <= most && !text.Any(c => char.IsControl(c) || c == '\uFFFD');
}
