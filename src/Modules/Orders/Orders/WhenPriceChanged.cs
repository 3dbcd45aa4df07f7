using Catalog.Contracts;
using Marten;

namespace Orders;

/// <summary>A product costs this from now on.</summary>
public static class WhenPriceChanged
{
    // Twice or late: what is older than the copy changes nothing. Early: a price may be known before its product is published.
    public static async Task Handle(PriceChanged changed, IDocumentSession db, CancellationToken ct)
    {
        var price = await CatalogPrice.Of(changed.Sku, db, ct);

        db.Store(price.Costs(changed.Price, changed.Currency, changed.Version));
    }
}
