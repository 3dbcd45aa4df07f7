using Catalog.Contracts;
using Marten;

namespace Orders;

/// <summary>A product can be ordered at this price, is called so, and weighs so much.</summary>
public static class WhenProductPublished
{
    // Twice or late: what is older than the copy changes nothing.
    public static async Task Handle(ProductPublished published, IDocumentSession db, CancellationToken ct)
    {
        var price = await CatalogPrice.Of(published.Sku, db, ct);

        db.Store(price.Costs(published.Price, published.Currency, published.Version).IsCalled(published.Name, published.Version).Weighs(published.Weight, published.Version));
    }
}
