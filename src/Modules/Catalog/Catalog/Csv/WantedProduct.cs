using System.Globalization;

namespace Catalog;

/// <summary>What a row wants a product to be. What is null is left as it is, or as a new product has it.</summary>
internal sealed record WantedProduct(
    string Sku, string Name, decimal Price, string Currency, int? Weight, ProductState? State, string? Description, IReadOnlyList<string>? Categories, IReadOnlyList<Image>? Images)
{
    /// <returns>What the row wants, or every rule that it breaks with what was read.</returns>
    public static (WantedProduct? Wanted, string? Refusal) Of(FileRow row)
    {
        if (row.Cells is not { } cells) return (null, "the row must have as many cells as the header");

        var price = decimal.TryParse(cells["price"], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : 0;
        int? weight = cells.GetValueOrDefault("weight", "") == "" ? 0 : int.TryParse(cells["weight"], NumberStyles.None, CultureInfo.InvariantCulture, out var grams) ? grams : null;
        var state = cells.GetValueOrDefault("state", "");
        ProductState? wanted = state switch { "published" => ProductState.Published, "withdrawn" => ProductState.Withdrawn, "draft" => ProductState.Draft, _ => null };
        var categories = cells.GetValueOrDefault("categories")?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var images = cells.GetValueOrDefault("images")?.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(ImageOf).ToArray();
        var details = Details.Of(cells["name"], cells.GetValueOrDefault("description"), weight ?? 0, images, categories);

        var broken = Product.Broken(cells["sku"], details.Name, price, cells["currency"], weight).Concat(details.Broken()).ToList();
        if (state != "" && wanted is null) broken.Add(("state", "must be published, withdrawn or draft, or empty"));
        if (broken.Count > 0) return (null, string.Join("; ", broken.Select(rule => $"{rule.Field} {rule.Rule}: {CsvRows.Shortened(cells.GetValueOrDefault(rule.Field.Split('[')[0], ""))} was read")));

        return (new WantedProduct(cells["sku"], details.Name, price, cells["currency"], cells.ContainsKey("weight") ? weight : null, wanted,
            cells.ContainsKey("description") ? details.Description : null, categories is null ? null : details.Categories, images), null);
    }

    /// <summary>A product as a row of the file, in the order of its columns.</summary>
    public static IEnumerable<string> Cells(Product product) =>
    [
        product.Sku, product.Name, product.Price.ToString(CultureInfo.InvariantCulture), product.Currency, product.Weight.ToString(CultureInfo.InvariantCulture),
        product.State.ToString().ToLowerInvariant(), product.Description, string.Join(' ', product.Categories), string.Join('\n', product.Images.Select(image => $"{image.Url} {image.Alt}")),
    ];

    /// <summary>Why this product cannot become so; null if it can.</summary>
    public string? WhyNot(Product? known, IReadOnlySet<string> categories)
    {
        if (Categories?.Where(category => !categories.Contains(category)).ToList() is { Count: > 0 } unknown) return $"categories must be there: there is no {string.Join(", ", unknown)}";
        if (known is null) return null;

        var state = State ?? known.State;
        if (known.State != ProductState.Draft && state == ProductState.Draft) return $"state must not be draft: \"{Sku}\" was published";
        if (known.State == ProductState.Draft && state == ProductState.Withdrawn) return $"state must not be withdrawn: \"{Sku}\" is a draft, and was never for sale";
        if (state == ProductState.Withdrawn && !known.Costs(Price, Currency)) return $"price must rest while \"{Sku}\" is withdrawn: publish it, or leave it at {known.Price.ToString(CultureInfo.InvariantCulture)} {known.Currency}";
        return null;
    }

    public Details DetailsOf(Product? known) => new(Name, Description ?? known?.Description ?? "", Weight ?? known?.Weight ?? 0, Images ?? known?.Images ?? [], Categories ?? known?.Categories ?? []);

    private static Image ImageOf(string line) => line.IndexOf(' ', StringComparison.Ordinal) is > 0 and var end ? new Image(line[..end], line[end..].Trim()) : new Image(line, "");
}
