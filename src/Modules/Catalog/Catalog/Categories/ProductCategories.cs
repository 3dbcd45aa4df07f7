using Marten;
using Shared.Kernel;
using Weasel.Postgresql.Tables;

namespace Catalog;

/// <summary>What the products say of their categories, by category: for lists, and for what must not be removed.</summary>
internal static class ProductCategories
{
    public const int Most = 10;

    public static Table Table()
    {
        var table = new Table("catalog.product_categories");
        table.AddColumn("category", "text").AsPrimaryKey();
        table.AddColumn("sku", "text").AsPrimaryKey();
        table.Indexes.Add(new IndexDefinition("product_categories_by_sku") { Columns = ["sku"] });
        return table;
    }

    /// <summary>The tree is held until commit, so that none of these goes meanwhile.</summary>
    /// <exception cref="InvalidException">There is no such category.</exception>
    public static async Task EnsureCategories(this IDocumentSession db, IReadOnlyList<string> slugs, CancellationToken ct)
    {
        if (slugs.Count == 0) return;

        await db.HoldCategories(ct);
        var known = (await db.LoadManyAsync<Category>(ct, slugs)).Select(category => category.Slug);
        if (slugs.Except(known).ToList() is { Count: > 0 } unknown)
            throw new InvalidException(new Dictionary<string, string[]> { ["categories"] = [$"must be slugs of categories, and there is no {string.Join(", ", unknown)}"] });
    }

    public static void EnterCategories(this IDocumentSession db, params IReadOnlyCollection<Product> products)
    {
        if (products.Count == 0) return;

        db.QueueSqlCommand("delete from product_categories where sku = any(?)", new object[] { products.Select(product => product.Sku).ToArray() });
        var entries = products.SelectMany(product => product.Categories.Select(category => (product.Sku, category))).ToList();
        if (entries.Count > 0)
            db.QueueSqlCommand("insert into product_categories (sku, category) select sku, category from unnest(?, ?) as entry (sku, category)",
                entries.Select(entry => entry.Sku).ToArray(), entries.Select(entry => entry.category).ToArray());
    }
}
