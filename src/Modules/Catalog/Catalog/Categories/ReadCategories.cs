using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Catalog;

/// <summary>The whole tree, which is bounded, or one category with its version as ETag.</summary>
internal static class ReadCategories
{
    public sealed record Answer(IReadOnlyList<CategoryView> Items);

    public sealed record All : IQuery<Answer>;

    public sealed record One(string Slug) : IQuery<CategoryView>;

    public static void Map(IEndpointRouteBuilder categories)
    {
        categories.MapGet("/", async (ISender sender, CancellationToken ct) => TypedResults.Ok(await sender.Send(new All(), ct)))
            .WithName("ListCategories")
            .WithSummary("All categories, each behind its parent.")
            .ForAnyone();

        categories.MapGet("/{slug}", async (string slug, ISender sender, HttpResponse response, CancellationToken ct) =>
            {
                var category = await sender.Send(new One(slug), ct);
                response.Headers.ETag = VersionTag.Of(category.Version);
                return TypedResults.Ok(category);
            })
            .WithName("GetCategory")
            .WithSummary("A category with its version as ETag.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ForAnyone();
    }

    public sealed class AllHandler(IQuerySession db) : IQueryHandler<All, Answer>
    {
        public async ValueTask<Answer> Handle(All query, CancellationToken ct) => new([.. (await db.CategoryTree(ct)).InOrder().Select(CategoryView.Of)]);
    }

    public sealed class OneHandler(IQuerySession db) : IQueryHandler<One, CategoryView>
    {
        public async ValueTask<CategoryView> Handle(One query, CancellationToken ct) => CategoryView.Of(await db.Category(query.Slug, ct));
    }
}
