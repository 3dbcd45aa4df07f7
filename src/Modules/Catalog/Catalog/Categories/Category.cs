using Marten;
using Shared.Kernel;

namespace Catalog;

/// <summary>A place in the catalogue, below another or at the top. Its slug stays: addresses and products hold it.</summary>
public sealed class Category
{
    /// <summary>Levels of the tree, and categories in it: small enough to be read as a whole.</summary>
    internal const int Deepest = 5, Most = 1_000;

    public required string Slug { get; init; }

    public required string Name { get; set; }

    /// <summary>The slug of the one above; null at the top.</summary>
    public string? Parent { get; set; }

    public long Version { get; set; } = 1;

    internal static bool IsSlug(string? slug) =>
        slug?.Length is >= 1 and <= 60 && slug.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') && slug[0] != '-' && slug[^1] != '-' && !slug.Contains("--", StringComparison.Ordinal);

    /// <returns>Whether anything changed.</returns>
    internal bool Become(string name, string? parent)
    {
        if ((Name, Parent) == (name, parent)) return false;

        (Name, Parent) = (name, parent);
        Version++;
        return true;
    }

    internal static void Check(Rules rules, string? name, string? parent)
    {
        rules.Require(Product.IsText(name, 100) && !string.IsNullOrWhiteSpace(name), "name", "must have 1 to 100 characters, none of them a control character");
        rules.Require(parent is null || IsSlug(parent), "parent", "must be a category's slug, or left out for the top");
    }
}

internal sealed record CategoryView(string Slug, string Name, string? Parent, long Version)
{
    public static CategoryView Of(Category category) => new(category.Slug, category.Name, category.Parent, category.Version);
}

internal static class CategoryRows
{
    /// <exception cref="NotFoundException">There is none.</exception>
    public static async Task<Category> Category(this IQuerySession db, string slug, CancellationToken ct) =>
        await db.LoadAsync<Category>(slug, ct) ?? throw new NotFoundException($"category {slug}");

    public static async Task<CategoryTree> CategoryTree(this IQuerySession db, CancellationToken ct) => new(await db.Query<Category>().OrderBy(category => category.Slug).Take(Catalog.Category.Most + 1).ToListAsync(ct));

    /// <summary>Until commit nobody else changes the tree, or puts a product into it: two moves at once might close a circle, and a category might go while a product comes.</summary>
    public static Task LockCategories(this IDocumentSession db, CancellationToken ct) => db.Lock("pg_advisory_xact_lock", ct);

    /// <summary>Until commit the tree stays as it is. Others may hold it so too.</summary>
    public static Task HoldCategories(this IDocumentSession db, CancellationToken ct) => db.Lock("pg_advisory_xact_lock_shared", ct);

    private static async Task Lock(this IDocumentSession db, string function, CancellationToken ct)
    {
        await db.BeginTransactionAsync(ct);
        await db.Read($"select {function}(hashtextextended('catalog-categories', 0))", [], _ => 0, ct);
    }
}
