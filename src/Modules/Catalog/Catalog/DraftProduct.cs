using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Catalog;

/// <summary>A product is prepared: no customer sees it and nobody is told, until it is published.</summary>
internal static class DraftProduct
{
    /// <param name="Weight">Grams.</param>
    public sealed record Body(string Sku, string Name, decimal Price, string Currency, int Weight = 0, string Description = "", IReadOnlyList<Image>? Images = null, IReadOnlyList<string>? Categories = null);

    public sealed record Command(string Sku, decimal Price, string Currency, Details Details) : ICommand<ProductView>, IValidated
    {
        public void Validate(Rules rules)
        {
            foreach (var (field, rule) in Product.Broken(Sku, Details.Name, Price, Currency, Details.Weight).Concat(Details.Broken())) rules.Require(false, field, rule);
        }
    }

    public static void Map(IEndpointRouteBuilder catalog) => catalog
        .MapPost("/drafts", async (Body body, ISender sender, HttpResponse response, CancellationToken ct) =>
        {
            var product = await sender.Send(new Command(body.Sku?.Trim()!, body.Price, body.Currency, Details.Of(body.Name, body.Description, body.Weight, body.Images, body.Categories)), ct);
            response.Headers.ETag = VersionTag.Of(product.Version);
            return TypedResults.Created($"/v1/catalog/products/{Uri.EscapeDataString(product.Sku)}", product);
        })
        .WithExample(new Body("EARL-GREY-250", "Earl Grey, loose, 250 g", 11.95m, "GBP", 280, "Black tea with oil of bergamot.", [new Image("https://images.example/earl-grey.jpg", "A tin of loose tea")], ["tea"]))
        .WithName("DraftProduct")
        .WithSummary("Prepares a product, which only operators see until it is published.")
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ForOperators()
        .WithIdempotencyKey();

    public sealed class Handler(IDocumentSession db) : ICommandHandler<Command, ProductView>
    {
        public async ValueTask<ProductView> Handle(Command command, CancellationToken ct)
        {
            if (await db.LoadAsync<Product>(command.Sku, ct) is { } there)
                throw new RefusedException("product.exists", $"There is a product {command.Sku} already, {there.State.ToString().ToLowerInvariant()}: correct it instead.");

            await db.EnsureCategories(command.Details.Categories, ct);
            var product = new Product
            {
                Sku = command.Sku, Name = command.Details.Name, Price = command.Price, Currency = command.Currency, Weight = command.Details.Weight,
                Description = command.Details.Description, Images = command.Details.Images, Categories = command.Details.Categories, State = ProductState.Draft,
            };
            db.Insert(product);
            db.EnterCategories(product);

            return ProductView.Of(product);
        }
    }
}
