using Shared.Kernel;

namespace Catalog;

/// <summary>All categories, and what may become of them.</summary>
internal sealed class CategoryTree(IReadOnlyList<Category> categories)
{
    private readonly Dictionary<string, Category> _categories = categories.ToDictionary(category => category.Slug);

    /// <summary>Each behind the one above it, and beside its siblings by slug.</summary>
    public IEnumerable<Category> InOrder() => Below(null);

    /// <exception cref="InvalidException">There is no such parent.</exception>
    /// <exception cref="RefusedException">The tree is full, or would become too deep.</exception>
    public void EnsureRoomBelow(string? parent)
    {
        if (_categories.Count >= Category.Most) throw new RefusedException("category.too-many", $"There are {Category.Most} categories, and may be no more: remove one first.");
        EnsureFits(parent, levels: 1);
    }

    /// <exception cref="InvalidException">There is no such parent.</exception>
    /// <exception cref="RefusedException">It would be below itself, or the tree too deep.</exception>
    public void EnsureMayMove(string slug, string? parent)
    {
        if (Above(parent).Contains(slug)) throw new RefusedException("category.circle", $"Category {parent} is {slug} itself or below it: choose another parent.");
        EnsureFits(parent, Levels(slug));
    }

    public bool HasBelow(string slug) => _categories.Values.Any(category => category.Parent == slug);

    private void EnsureFits(string? parent, int levels)
    {
        if (parent is not null && !_categories.ContainsKey(parent)) throw new InvalidException(new Dictionary<string, string[]> { ["parent"] = [$"must be a category's slug, and there is no category {parent}"] });
        if (Above(parent).Count() + levels > Category.Deepest) throw new RefusedException("category.too-deep", $"Categories have {Category.Deepest} levels at most: choose a parent further up.");
    }

    private IEnumerable<string> Above(string? slug)
    {
        for (; slug is not null; slug = _categories.GetValueOrDefault(slug)?.Parent) yield return slug;
    }

    private int Levels(string slug) => 1 + _categories.Values.Where(category => category.Parent == slug).Select(category => Levels(category.Slug)).DefaultIfEmpty(0).Max();

    private IEnumerable<Category> Below(string? parent) =>
        _categories.Values.Where(category => category.Parent == parent).OrderBy(category => category.Slug, StringComparer.Ordinal).SelectMany(category => Below(category.Slug).Prepend(category));
}
