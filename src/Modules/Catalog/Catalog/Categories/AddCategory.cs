using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Catalog;

/// <summary>The tree of categories has one more.</summary>
internal static class AddCategory
{
    public sealed record Body(string Slug, string Name, string? Parent = null);

    public sealed record Command(string Slug, string Name, string? Parent) : ICommand<CategoryView>, IValidated
    {
        public void Validate(Rules rules)
        {
            rules.Require(Category.IsSlug(Slug), "slug", "must have 1 to 60 small letters a to z, digits or single hyphens between them");
            Category.Check(rules, Name, Parent);
        }
    }

    public static void Map(IEndpointRouteBuilder categories) => categories
        .MapPost("/", async (Body body, ISender sender, HttpResponse response, CancellationToken ct) =>
        {
            var category = await sender.Send(new Command(body.Slug, body.Name?.Trim()!, body.Parent), ct);
            response.Headers.ETag = VersionTag.Of(category.Version);
            return TypedResults.Created($"/v1/catalog/categories/{category.Slug}", category);
        })
        .WithExample(new Body("tea", "Tea"))
        .WithName("AddCategory")
        .WithSummary("Adds a category, at the top or below another.")
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ForOperators()
        .WithIdempotencyKey();

    public sealed class Handler(IDocumentSession db) : ICommandHandler<Command, CategoryView>
    {
        public async ValueTask<CategoryView> Handle(Command command, CancellationToken ct)
        {
            await db.LockCategories(ct);
            if (await db.CheckExistsAsync<Category>(command.Slug, ct))
                throw new RefusedException("category.exists", $"There is a category {command.Slug} already: choose another slug, or change that one.");

            (await db.CategoryTree(ct)).EnsureRoomBelow(command.Parent);
            var category = new Category { Slug = command.Slug, Name = command.Name, Parent = command.Parent };
            db.Insert(category);

            return CategoryView.Of(category);
        }
    }
}
