using Marten;
using Shared.Kernel;

namespace Orders;

/// <summary>
/// Orders' own copy of what a product is called, costs and weighs, and whether it is for sale. The catalogue's events come in any order: each carries the product's version,
/// what is older than the copy is ignored, and what has a price is for sale, since the catalogue never prices what is withdrawn. So every order of arrival ends the same.
/// </summary>
public sealed record CatalogPrice
{
    public string Sku { get; init; } = "";
    public decimal? Price { get; init; }
    public string? Currency { get; init; }
    public bool Withdrawn { get; init; }

    /// <summary>Null in copies from before it was kept, until the product is told again.</summary>
    public string? Name { get; init; }

    /// <summary>Of the newest event that told the name.</summary>
    public long NameVersion { get; init; }

    /// <summary>Grams.</summary>
    public int Weight { get; init; }

    /// <summary>Of the newest event that told the weight: a price that came before its product must not hide it.</summary>
    public long WeightVersion { get; init; }

    /// <summary>The product's, of the newest event.</summary>
    public long Version { get; init; }

    public static void Declare(StoreOptions store) => store.Schema.For<CatalogPrice>().DocumentAlias("catalog_price")
        .Identity(price => price.Sku)
        .UseOptimisticConcurrency(true);

    public static async Task<CatalogPrice> Of(string sku, IDocumentSession db, CancellationToken ct) =>
        await db.LoadAsync<CatalogPrice>(sku, ct) ?? new CatalogPrice { Sku = sku };

    public CatalogPrice Costs(decimal price, string currency, long version) =>
        version < Version ? this : this with { Price = price, Currency = currency, Withdrawn = false, Version = version };

    public CatalogPrice Weighs(int? weight, long version) => weight is not { } grams || version < WeightVersion ? this : this with { Weight = grams, WeightVersion = version };

    public CatalogPrice IsCalled(string name, long version) => version < NameVersion ? this : this with { Name = name, NameVersion = version };

    public CatalogPrice Withdraw(long version) => version < Version ? this : this with { Withdrawn = true, Version = version };

    /// <exception cref="RefusedException">Some of it is not for sale, or not in this currency: all of that is named, each with its reason.</exception>
    public static void MustSell(IReadOnlyList<string> skus, string currency, IReadOnlyDictionary<string, CatalogPrice> catalogue)
    {
        var not = (from sku in skus let why = WhyNot(catalogue.GetValueOrDefault(sku), currency) where why is not null select $"'{sku}' ({why})").ToList();
        if (not.Count > 0) throw new RefusedException("product.not-for-sale", $"Not for sale in {currency}: {string.Join(", ", not)}. Take {(not.Count == 1 ? "it" : "them")} out of the order.");
    }

    private static string? WhyNot(CatalogPrice? known, string currency) => known switch
    {
        { Withdrawn: true } => "withdrawn",
        null or { Price: null } => "unknown",
        _ when known.Currency != currency => $"sold in {known.Currency}",
        _ => null,
    };
}
