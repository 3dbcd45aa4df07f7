using Marten;
using Microsoft.Extensions.Caching.Hybrid;
using Shared.Kernel;

namespace Catalog;

/// <summary>
/// Products as customers read them: in this process's memory, and in Redis if there is one, for <see cref="CacheSettings.For"/> at most. Whoever changes a product reads the store.
/// </summary>
internal sealed class ProductCache(HybridCache cache, IDocumentStore store, CacheSettings settings)
{
    private readonly HybridCacheEntryOptions _options = new() { Expiration = settings.For, LocalCacheExpiration = settings.For };

    /// <exception cref="NotFoundException">There is none.</exception>
    public ValueTask<ProductView> Read(string sku, CancellationToken ct)
    {
        if (!Product.IsSku(sku)) throw new NotFoundException($"product {sku}");
        if (settings.For == TimeSpan.Zero) return Load(sku, ct);

        return cache.GetOrCreateAsync(Key(sku), sku, Load, _options, cancellationToken: ct);
    }

    public ValueTask Forget(string sku, CancellationToken ct) => cache.RemoveAsync(Key(sku), ct);

    // A session of its own: others may wait for this answer when the request that asked first is gone, and its session with it.
    private async ValueTask<ProductView> Load(string sku, CancellationToken ct)
    {
        await using var db = store.QuerySession();
        return ProductView.Of(await db.Product(sku, ct));
    }

    // The number is of the view's shape: another version of this program, beside this one at the same Redis, must not read what it cannot understand.
    private static string Key(string sku) => $"catalog.product.1:{sku}";
}
