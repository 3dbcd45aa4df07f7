using Marten;
using Shared.Kernel;

namespace Orders;

/// <summary>
/// Orders' own copy of what a product costs. The catalogue's events come in any order: price and withdrawal each keep the product's version
/// they are of, and what is older does not count, so that every order of arrival ends the same.
/// </summary>
public sealed record CatalogPrice
{
    public string Sku { get; init; } = "";
    public decimal? Price { get; init; }
    public string? Currency { get; init; }
    public bool Withdrawn { get; init; }

    /// <summary>The product's version that the price is of.</summary>
    public long Version { get; init; }

    /// <summary>The product's version that <see cref="Withdrawn"/> is of.</summary>
    public long WithdrawnVersion { get; init; }

    public static void Declare(StoreOptions store) => store.Schema.For<CatalogPrice>().DocumentAlias("catalog_price")
        .Identity(price => price.Sku)
        .UseOptimisticConcurrency(true);

    public static async Task<CatalogPrice> Of(string sku, IDocumentSession db, CancellationToken ct) =>
        await db.LoadAsync<CatalogPrice>(sku, ct) ?? new CatalogPrice { Sku = sku };

    public CatalogPrice Priced(decimal price, string currency, long version) =>
        version >= Version ? this with { Price = price, Currency = currency, Version = version } : this;

    public CatalogPrice ForSale(bool forSale, long version) =>
        version >= WithdrawnVersion ? this with { Withdrawn = !forSale, WithdrawnVersion = version } : this;

    /// <exception cref="RefusedException">The catalogue does not sell it, or not in this currency.</exception>
    public static decimal For(string sku, string currency, IReadOnlyDictionary<string, CatalogPrice> catalogue) =>
        catalogue.GetValueOrDefault(sku) is { Withdrawn: false, Price: { } price } known && known.Currency == currency
            ? price
            : throw new RefusedException("product.not-for-sale", $"'{sku}' is not for sale in {currency}: take it out of the order.");
}
