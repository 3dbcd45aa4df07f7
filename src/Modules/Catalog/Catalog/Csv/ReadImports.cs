using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Catalog;

/// <summary>Imports, the last one first, and how far each is.</summary>
internal static class ReadImports
{
    public sealed record One(Guid Id) : IQuery<ImportView>;

    public sealed record All(Guid? After, int Limit) : IQuery<Page<ImportView>>, IValidated
    {
        public void Validate(Rules rules) => rules.Require(Limit is >= 1 and <= Page<ImportView>.Most, "limit", $"must be from 1 to {Page<ImportView>.Most}");
    }

    public static void Map(IEndpointRouteBuilder imports)
    {
        imports.MapGet("/{id:guid}", async (Guid id, ISender sender, CancellationToken ct) => TypedResults.Ok(await sender.Send(new One(id), ct)))
            .WithName("GetImport")
            .WithSummary("How far an import is; finishedAt is given when all of it is done.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ForOperators();

        imports.MapGet("/", async (Guid? after, int? limit, ISender sender, CancellationToken ct) => TypedResults.Ok(await sender.Send(new All(after, limit ?? Page<ImportView>.Usual), ct)))
            .WithName("ListImports")
            .WithSummary("Imports, the last one first.")
            .ForOperators();
    }

    public sealed class OneHandler(IQuerySession db) : IQueryHandler<One, ImportView>
    {
        public async ValueTask<ImportView> Handle(One query, CancellationToken ct) => ImportView.Of(await db.Import(query.Id, ct));
    }

    public sealed class AllHandler(IQuerySession db) : IQueryHandler<All, Page<ImportView>>
    {
        public async ValueTask<Page<ImportView>> Handle(All query, CancellationToken ct)
        {
            IQueryable<Import> imports = db.Query<Import>();
            if (query.After is { } after && await db.Import(after, ct) is { Arrival: var arrival }) imports = imports.Where(import => import.Arrival < arrival);

            var found = await imports.OrderByDescending(import => import.Arrival).Take(query.Limit + 1).ToListAsync(ct);
            return Page<ImportView>.From([.. found.Select(ImportView.Of)], query.Limit, import => $"{import.Id}");
        }
    }
}
