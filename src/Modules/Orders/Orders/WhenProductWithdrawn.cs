using Catalog.Contracts;
using Marten;

namespace Orders;

/// <summary>A product cannot be ordered any more.</summary>
public static class WhenProductWithdrawn
{
    // Twice or late: what is older than the copy changes nothing. Early: the withdrawal is kept until the older publication comes, and outlasts it.
    public static async Task Handle(ProductWithdrawn withdrawn, IDocumentSession db, CancellationToken ct)
    {
        var price = await CatalogPrice.Of(withdrawn.Sku, db, ct);

        db.Store(price.Withdraw(withdrawn.Version));
    }
}
