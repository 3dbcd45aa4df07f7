using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Catalog;

/// <summary>A category has another name or another place, with all that is below it.</summary>
internal static class ChangeCategory
{
    public sealed record Body(string Name, string? Parent = null);

    public sealed record Command(string Slug, string Name, string? Parent, string IfMatch) : ICommand<CategoryView>, IValidated
    {
        public void Validate(Rules rules) => Category.Check(rules, Name, Parent);
    }

    public static void Map(IEndpointRouteBuilder categories) => categories
        .MapPut("/{slug}", async Task<Results<Ok<CategoryView>, ProblemHttpResult>> (
            string slug, Body body, [FromHeader(Name = "If-Match")] string? ifMatch, ISender sender, HttpResponse response, CancellationToken ct) =>
        {
            if (string.IsNullOrEmpty(ifMatch)) return VersionTag.Required("category");

            var category = await sender.Send(new Command(slug, body.Name?.Trim()!, body.Parent, ifMatch), ct);
            response.Headers.ETag = VersionTag.Of(category.Version);
            return TypedResults.Ok(category);
        })
        .WithExample(new Body("Black teas", "tea"))
        .WithName("ChangeCategory")
        .WithSummary("Renames a category or moves it below another; without a parent to the top. If-Match with its ETag is required.")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status412PreconditionFailed)
        .ProducesProblem(StatusCodes.Status428PreconditionRequired)
        .ForOperators();

    public sealed class Handler(IDocumentSession db) : ICommandHandler<Command, CategoryView>
    {
        public async ValueTask<CategoryView> Handle(Command command, CancellationToken ct)
        {
            await db.LockCategories(ct);
            var category = await db.Category(command.Slug, ct);
            if (!VersionTag.Fits(command.IfMatch, category.Version)) throw new ChangedMeanwhileException($"category {command.Slug}");

            (await db.CategoryTree(ct)).EnsureMayMove(command.Slug, command.Parent);
            if (category.Become(command.Name, command.Parent)) db.UpdateRevision(category, category.Version);

            return CategoryView.Of(category);
        }
    }
}
