using Catalog.Contracts;
using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Catalog;

/// <summary>What is said of a product is said anew, by whoever has read what is said now.</summary>
internal static class CorrectProduct
{
    /// <param name="Weight">Grams.</param>
    public sealed record Body(string Name, string Description, int Weight, IReadOnlyList<Image> Images, IReadOnlyList<string> Categories);

    public sealed record Command(string Sku, Details Details, string IfMatch) : ICommand<ProductView>, IValidated
    {
        public void Validate(Rules rules)
        {
            foreach (var (field, rule) in Product.Broken(Product.IsSku(Sku) ? Sku : "sku", Details.Name, 1, "EUR", Details.Weight).Concat(Details.Broken())) rules.Require(false, field, rule);
        }
    }

    public static void Map(IEndpointRouteBuilder products) => products
        .MapPut("/{sku}", async Task<Results<Ok<ProductView>, ProblemHttpResult>> (
            string sku, Body body, [FromHeader(Name = "If-Match")] string? ifMatch, ISender sender, HttpResponse response, CancellationToken ct) =>
        {
            if (string.IsNullOrEmpty(ifMatch)) return VersionTag.Required("product");

            var product = await sender.Send(new Command(sku, Details.Of(body.Name, body.Description, body.Weight, body.Images, body.Categories), ifMatch), ct);
            response.Headers.ETag = VersionTag.Of(product.Version);
            return TypedResults.Ok(product);
        })
        .WithExample(new Body("Earl Grey, loose, 250 g", "Black tea with oil of bergamot.", 280, [new Image("https://images.example/earl-grey.jpg", "A tin of loose tea")], ["tea"]))
        .WithName("CorrectProduct")
        .WithSummary("Replaces name, description, weight, images and categories of a product in any state. If-Match with the product's ETag is required.")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status412PreconditionFailed)
        .ProducesProblem(StatusCodes.Status428PreconditionRequired)
        .ForOperators();

    public sealed class Handler(IDocumentSession db, Outbox outbox) : ICommandHandler<Command, ProductView>
    {
        public async ValueTask<ProductView> Handle(Command command, CancellationToken ct)
        {
            var product = await db.Product(command.Sku, ct);
            if (!VersionTag.Fits(command.IfMatch, product.Version)) throw new ChangedMeanwhileException($"product {command.Sku}");

            await db.EnsureCategories(command.Details.Categories, ct);
            // Other modules keep name and weight of what is for sale, and are told nothing of the rest.
            var tells = product.State == ProductState.Published && (product.Name, product.Weight) != (command.Details.Name, command.Details.Weight);
            if (product.Correct(command.Details))
            {
                db.UpdateRevision(product, product.Version);
                db.EnterCategories(product);
                if (tells) await outbox.Publish(product.AsPublished());
            }

            return ProductView.Of(product);
        }
    }
}
