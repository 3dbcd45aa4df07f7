using Marten;
using Marten.Services;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Catalog;

/// <summary>What any commit of this process has changed is read anew: no command or reaction can forget to say so.</summary>
internal sealed partial class ForgetChanged(IServiceProvider module, ILogger<ForgetChanged> logger) : DocumentSessionListenerBase
{
    public override async Task AfterCommitAsync(IDocumentSession session, IChangeSet commit, CancellationToken token)
    {
        // The cache reads from the store, which is made with this: asked for when both are there.
        var cache = module.GetRequiredService<ProductCache>();
        // An import changes hundreds in one commit: they go to Redis at once. New ones were in no cache, since what is not there is not kept.
        await Task.WhenAll(commit.Updated.OfType<Product>().Select(Forget));

        async Task Forget(Product product)
        {
            try
            {
                await cache.Forget(product.Sku, token);
            }
            catch (Exception fault)
            {
                // It is committed, and must not be answered as if it were not. Redis is away, and what it holds ends by itself.
                LogKept(fault, product.Sku);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Product {Sku} could not be taken out of Redis, and may be served as it was until its time there is over.")]
    private partial void LogKept(Exception fault, string sku);
}
