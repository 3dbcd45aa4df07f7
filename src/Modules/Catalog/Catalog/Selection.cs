using Marten;
using Shared.Kernel;

namespace Catalog;

/// <summary>The part of the catalogue that a list is about: SQL conditions on <c>mt_doc_product d</c>, and their parameters.</summary>
internal sealed class Selection
{
    private const string NoDraft = "(d.data ->> 'isDraft') is distinct from 'true'";

    private readonly List<string> _conditions = [];
    private readonly List<object> _values = [];

    public object[] Values => [.. _values];

    /// <returns>The parameter's name.</returns>
    public string Value(object value)
    {
        _values.Add(value);
        return $"${_values.Count}";
    }

    public void Where(string condition) => _conditions.Add(condition);

    /// <summary>Without a state: all that the caller may see.</summary>
    public void OfState(string? state, bool byOperator)
    {
        if (state == "published") Where("d.data ->> 'state' = 'Published'");
        else if (state == "withdrawn") Where($"d.data ->> 'state' = 'Withdrawn' and {NoDraft}");
        else if (state == "draft") Where("d.data ->> 'isDraft' = 'true'");
        else if (!byOperator) Where(NoDraft);
    }

    /// <summary>The beginning of a statement that reads <c>within (slug)</c>: a category and its descendants.</summary>
    public static string Within(string category) => $"""
        with recursive within (slug) as (
            select id from mt_doc_category where id = {category}
            union select c.id from mt_doc_category c join within on c.data ->> 'parent' = within.slug)
        """;

    public override string ToString() => _conditions.Count == 0 ? "true" : string.Join(" and ", _conditions);
}

internal static class SelectedProducts
{
    public static bool State(this Rules rules, string? state, bool byOperator) =>
        rules.Require(state is null or "published" or "withdrawn" || (state == "draft" && byOperator), "state", byOperator ? "must be published, withdrawn or draft" : "must be published or withdrawn");

    /// <summary>In the order of the skus given. One that is gone meanwhile is left out.</summary>
    public static async Task<IReadOnlyList<Product>> Products(this IQuerySession db, IReadOnlyList<string> skus, CancellationToken ct)
    {
        var found = (await db.LoadManyAsync<Product>(ct, skus)).ToDictionary(product => product.Sku);
        return [.. skus.Where(found.ContainsKey).Select(sku => found[sku])];
    }
}
