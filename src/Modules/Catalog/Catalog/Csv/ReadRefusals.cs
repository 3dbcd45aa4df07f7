using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Catalog;

/// <summary>The rows that an import refused and why, by page or as a file.</summary>
internal static class ReadRefusals
{
    public sealed record Refusal(int Row, string Sku, string Reason);

    public sealed record Query(Guid ImportId, int After, int Limit) : IQuery<Page<Refusal>>, IValidated
    {
        public void Validate(Rules rules) => rules.Require(Limit is >= 1 and <= Page<Refusal>.Most, "limit", $"must be from 1 to {Page<Refusal>.Most}");
    }

    public static void Map(IEndpointRouteBuilder imports)
    {
        imports.MapGet("/{id:guid}/refusals", async (Guid id, int? after, int? limit, ISender sender, CancellationToken ct) =>
                TypedResults.Ok(await sender.Send(new Query(id, after ?? 0, limit ?? Page<Refusal>.Usual), ct)))
            .WithName("ListRefusals")
            .WithSummary("The rows that an import refused, and why.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ForOperators();

        imports.MapGet("/{id:guid}/refusals.csv", async (Guid id, ISender sender, CancellationToken ct) =>
            {
                var page = await sender.Send(new Query(id, 0, Page<Refusal>.Most), ct);
                return TypedResults.Stream(async body =>
                {
                    await using var file = new StreamWriter(body, leaveOpen: true);
                    await file.WriteAsync(CatalogFile.Line("row", "sku", "reason"));
                    for (; ; page = await sender.Send(new Query(id, int.Parse(page.Next), Page<Refusal>.Most), ct))
                    {
                        foreach (var refusal in page.Items) await file.WriteAsync(CatalogFile.Line($"{refusal.Row}", refusal.Sku, refusal.Reason));
                        await file.FlushAsync(ct);
                        if (page.Next is null) return;
                    }
                }, "text/csv; charset=utf-8", $"refusals-{id}.csv");
            })
            .WithName("DownloadRefusals")
            .WithSummary("The rows that an import refused, and why, as a file.")
            .Produces<string>(StatusCodes.Status200OK, "text/csv")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ForOperators();
    }

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, Page<Refusal>>
    {
        public async ValueTask<Page<Refusal>> Handle(Query query, CancellationToken ct)
        {
            await db.Import(query.ImportId, ct);
            var found = await db.Read("select number, sku, reason from import_refusals where import = $1 and number > $2 order by number limit $3", [query.ImportId, query.After, query.Limit + 1],
                row => new Refusal(row.GetInt32(0), row.GetString(1), row.GetString(2)), ct);
            return Page<Refusal>.From(found, query.Limit, refusal => $"{refusal.Row}");
        }
    }
}
