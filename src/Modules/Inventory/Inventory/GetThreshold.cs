using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Inventory;

/// <param name="Threshold">Below how many to sell the product is reported as low; 0 reports never.</param>
/// <param name="IsOwn">Whether an operator set it for this product; if not it is the shop's setting.</param>
/// <param name="Version">Of the product's own threshold: its ETag.</param>
internal sealed record ThresholdView(string Sku, int Threshold, bool IsOwn, int Version)
{
    public static ThresholdView Of(Stock stock, LowStock low) => new(stock.Sku, low.ThresholdOf(stock), stock.Threshold is not null, stock.ThresholdVersion);
}

/// <summary>Below how many a product is reported as low.</summary>
internal static class GetThreshold
{
    public sealed record Query(string Sku) : IQuery<ThresholdView>, IValidated
    {
        public void Validate(Rules rules) => rules.Text(Sku, "sku", most: 64);
    }

    public static void Map(IEndpointRouteBuilder inventory) => inventory
        .MapGet("/stock/{sku}/threshold", async (string sku, ISender sender, HttpResponse response, CancellationToken ct) =>
        {
            var threshold = await sender.Send(new Query(sku), ct);
            response.Headers.ETag = VersionTag.Of(threshold.Version);
            return TypedResults.Ok(threshold);
        })
        .ForOperators()
        .WithName("GetThreshold")
        .WithSummary("Below how many a product is reported as low, with the ETag to change it by.");

    public sealed class Handler(IQuerySession db, LowStock low) : IQueryHandler<Query, ThresholdView>
    {
        public async ValueTask<ThresholdView> Handle(Query query, CancellationToken ct) =>
            ThresholdView.Of((await db.ReadStock(query.Sku, ct)) ?? throw new NotFoundException($"stock of {query.Sku}"), low);
    }
}
