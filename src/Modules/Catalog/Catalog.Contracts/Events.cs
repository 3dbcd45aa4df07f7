namespace Catalog.Contracts;

/// <summary>A product can be ordered at this price. <paramref name="Version"/> counts the product's changes: what is older is ignored. Told again when its name or weight is corrected.</summary>
/// <param name="Weight">Grams; 0: there is nothing to carry. Not said by who published before products had a weight.</param>
public sealed record ProductPublished(string Sku, string Name, decimal Price, string Currency, long Version, int? Weight = null);

/// <summary>
/// The product costs this from now on; orders placed before keep the price they agreed. A withdrawn product's price never changes, so this also says that it can be ordered.
/// </summary>
public sealed record PriceChanged(string Sku, decimal Price, string Currency, long Version);

/// <summary>The product cannot be ordered any more.</summary>
public sealed record ProductWithdrawn(string Sku, long Version);
