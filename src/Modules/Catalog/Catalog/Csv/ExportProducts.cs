using Marten;
using Marten.Linq.MatchesSql;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Catalog;

/// <summary>The whole catalogue as a file that can be imported: read and sent page by page, each product as it is when its page is read.</summary>
internal static class ExportProducts
{
    private const int AtOnce = 500;

    public sealed record Query(string After) : IQuery<IReadOnlyList<Product>>;

    public static void Map(IEndpointRouteBuilder catalog) => catalog
        .MapGet("/export", (ISender sender, CancellationToken ct) => TypedResults.Stream(async body =>
        {
            await using var file = new StreamWriter(body, leaveOpen: true);
            await file.WriteAsync(CatalogFile.Line(CatalogFile.Columns));
            for (var page = await sender.Send(new Query(""), ct); page.Count > 0; page = await sender.Send(new Query(page[^1].Sku), ct))
            {
                foreach (var product in page) await file.WriteAsync(CatalogFile.Line(WantedProduct.Cells(product)));
                await file.FlushAsync(ct);
            }
        }, "text/csv; charset=utf-8", "products.csv"))
        .WithName("ExportProducts")
        .WithSummary("The whole catalogue, drafts too, as a file that can be imported.")
        .Produces<string>(StatusCodes.Status200OK, "text/csv")
        .ForOperators();

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, IReadOnlyList<Product>>
    {
        public async ValueTask<IReadOnlyList<Product>> Handle(Query query, CancellationToken ct) =>
            await db.Query<Product>().Where(product => product.MatchesSql("d.id > ?", query.After)).OrderBy(product => product.Sku).Take(AtOnce).ToListAsync(ct);
    }
}
