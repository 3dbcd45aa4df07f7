using Marten;
using Mediator;
using Shared.Kernel;

namespace Catalog;

/// <summary>
/// Products that have all the words, or words that begin with or nearly are them, the best first: names and skus before descriptions, words as typed before their beginnings, mistyped ones last.
/// </summary>
internal static class SearchProducts
{
    /// <summary>How many of the found are ranked: a word that half the catalogue has must not cost more. The rest are left out.</summary>
    public const int MostRanked = 1_000;

    public sealed record Query(string Text, string? After, int Limit, string? State, string? Category, bool ByOperator) : IQuery<Page<ProductView>>, IValidated
    {
        public void Validate(Rules rules)
        {
            rules.Text(Text, "q", most: SearchText.Longest, least: 0);
            rules.Require(Limit is >= 1 and <= Page<ProductView>.Most, "limit", $"must be from 1 to {Page<ProductView>.Most}");
            rules.Require(After is null || Place.Of(After) is not null, "after", "must be the next of the page before");
            rules.State(State, ByOperator);
        }
    }

    /// <summary>Where a page ends: a product's rank and, among its equals, its sku.</summary>
    internal sealed record Place(int Rank, string Sku)
    {
        public static Place? Of(string text) => text.Split(':', 2) is [var rank, var sku] && int.TryParse(rank, out var number) && Product.IsSku(sku) ? new Place(number, sku) : null;

        public override string ToString() => $"{Rank}:{Sku}";
    }

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, Page<ProductView>>
    {
        public async ValueTask<Page<ProductView>> Handle(Query query, CancellationToken ct)
        {
            if (query.Category is not null) await db.Category(query.Category, ct);
            var words = SearchText.Words(query.Text);
            if (words.Count == 0) return new Page<ProductView>([], null);

            var places = await db.Read(Sql(query, words, out var values), values, row => new Place(row.GetInt32(0), row.GetString(1)), ct);
            var products = (await db.Products([.. places.Select(place => place.Sku)], ct)).ToDictionary(product => product.Sku);
            var page = Page<Place>.From(places, query.Limit, place => place.ToString());
            return new Page<ProductView>([.. page.Items.Where(place => products.ContainsKey(place.Sku)).Select(place => ProductView.Of(products[place.Sku]))], page.Next);
        }
    }

    internal static string Sql(Query query, IReadOnlyList<string> words, out object[] values)
    {
        var wanted = new Selection();
        // Whoever searches wants to buy, unless they say otherwise.
        wanted.OfState(query.State ?? "published", query.ByOperator);
        foreach (var word in words)
        {
            var begins = $"{SearchSchema.Words} @@ to_tsquery('simple', {wanted.Value(SearchText.Prefix(word))})";
            wanted.Where(SearchText.MayBeMistyped(word) ? $"({begins} or {SearchSchema.Near} && near_words({wanted.Value(word)}))" : begins);
        }

        var within = "";
        if (query.Category is not null)
        {
            within = Selection.Within(wanted.Value(query.Category));
            wanted.Where("exists (select from product_categories p where p.sku = d.id and p.category in (select slug from within))");
        }

        // As typed counts twice, since it is its own beginning too.
        var (typed, begun) = (wanted.Value(string.Join(" | ", words.Select(word => $"'{word}'"))), wanted.Value(string.Join(" | ", words.Select(SearchText.Prefix))));
        var after = query.After is null ? new Place(int.MaxValue, "") : Place.Of(query.After)!;
        var (rank, sku, limit) = (wanted.Value(after.Rank), wanted.Value(after.Sku), wanted.Value(query.Limit + 1));
        values = wanted.Values;
        return $"""
            {within}
            select rank, id from (
                select (1000000 * (ts_rank(words, to_tsquery('simple', {typed})) + ts_rank(words, to_tsquery('simple', {begun}))))::int as rank, id
                from (select d.id, {SearchSchema.Words} as words from mt_doc_product d where {wanted} limit {MostRanked}) d) found
            where rank < {rank} or (rank = {rank} and id > {sku})
            order by rank desc, id limit {limit}
            """;
    }
}
