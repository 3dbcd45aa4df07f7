namespace Catalog;

/// <summary>A picture of a product, by its address: the shop keeps the link and never follows it.</summary>
public sealed record Image(string Url, string Alt);

/// <summary>What is said of a product and may be corrected at any time, whatever its state.</summary>
internal sealed record Details(string Name, string Description, int Weight, IReadOnlyList<Image> Images, IReadOnlyList<string> Categories)
{
    private const int MostImages = 10;

    /// <summary>As it is kept: no space around texts, one kind of line end.</summary>
    public static Details Of(string? name, string? description, int weight, IReadOnlyList<Image>? images, IReadOnlyList<string>? categories) =>
        new(name?.Trim()!, (description ?? "").Trim().ReplaceLineEndings("\n"), weight, images ?? [], [.. (categories ?? []).Order(StringComparer.Ordinal)]);

    public static Details Of(Product product) => new(product.Name, product.Description, product.Weight, product.Images, product.Categories);

    public bool Are(Product product) =>
        (Name, Description, Weight) == (product.Name, product.Description, product.Weight) && Images.SequenceEqual(product.Images) && Categories.SequenceEqual(product.Categories);

    /// <summary>Every rule that is broken, with the field's name, but for those of name and weight.</summary>
    public IEnumerable<(string Field, string Rule)> Broken()
    {
        if (!Product.IsText(Description.Replace("\n", "", StringComparison.Ordinal), 2_000) || Description.Length > 2_000)
            yield return ("description", "must have at most 2000 characters, none of them a control character (but ends of lines) or broken UTF-8");
        if (Categories.Count > ProductCategories.Most || Categories.Distinct().Count() < Categories.Count || !Categories.All(Category.IsSlug))
            yield return ("categories", $"must be at most {ProductCategories.Most} categories' slugs, each once");
        if (Images.Count > MostImages) yield return ("images", $"must be at most {MostImages}");
        else if (Images.Any(image => image is null)) yield return ("images", "must each have a url and an alt");
        else if (Images.DistinctBy(image => image.Url).Count() < Images.Count) yield return ("images", "must have each url once");
        else
        {
            for (var i = 0; i < Images.Count; i++)
            {
                if (!IsLink(Images[i].Url)) yield return ($"images[{i}].url", "must be an absolute https address of at most 500 characters, without spaces, user name or password");
                if (!Product.IsText(Images[i].Alt, 200) || string.IsNullOrWhiteSpace(Images[i].Alt)) yield return ($"images[{i}].alt", "must say in 1 to 200 characters what the picture shows");
            }
        }
    }

    private static bool IsLink(string? url) =>
        url?.Length <= 500 && !url.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is '"' or '<' or '>' or '\\' or '\uFFFD')
        && Uri.TryCreate(url, UriKind.Absolute, out var link) && link is { Scheme: "https", UserInfo: "", Host.Length: > 0 } && url.StartsWith("https://", StringComparison.Ordinal);
}
