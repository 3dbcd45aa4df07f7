using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Catalog;

/// <summary>A category goes that nothing is in and nothing is below.</summary>
internal static class RemoveCategory
{
    public sealed record Command(string Slug) : ICommand<Unit>;

    public static void Map(IEndpointRouteBuilder categories) => categories
        .MapDelete("/{slug}", async (string slug, ISender sender, CancellationToken ct) =>
        {
            await sender.Send(new Command(slug), ct);
            return TypedResults.NoContent();
        })
        .WithName("RemoveCategory")
        .WithSummary("Removes a category that has neither products nor categories below it.")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ForOperators();

    public sealed class Handler(IDocumentSession db) : ICommandHandler<Command, Unit>
    {
        public async ValueTask<Unit> Handle(Command command, CancellationToken ct)
        {
            await db.LockCategories(ct);
            var category = await db.Category(command.Slug, ct);

            if ((await db.CategoryTree(ct)).HasBelow(command.Slug))
                throw new RefusedException("category.in-use", $"Category {command.Slug} has categories below it: move or remove them first.");
            if ((await db.Read("select sku from product_categories where category = $1 limit 1", [command.Slug], row => row.GetString(0), ct)) is [var sku])
                throw new RefusedException("category.in-use", $"Category {command.Slug} has products, {sku} for one: take them out first.");

            db.Delete(category);
            return Unit.Value;
        }
    }
}
