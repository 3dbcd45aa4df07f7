using System.Text.Json.Serialization;
using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Catalog;

/// <summary>A new product can be ordered.</summary>
internal static class PublishProduct
{
    /// <param name="Weight">Grams.</param>
    public sealed record Body(string Sku, string Name, decimal Price, string Currency, int Weight = 0);

    // A weight of 0 is not written: the same request hashes as it did before products had a weight, and its repetition is known.
    public sealed record Command(string Sku, string Name, decimal Price, string Currency, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int Weight) : ICommand<ProductView>, IValidated
    {
        public void Validate(Rules rules)
        {
            foreach (var (field, rule) in Product.Broken(Sku, Name, Price, Currency, Weight)) rules.Require(false, field, rule);
        }
    }

    public static void Map(IEndpointRouteBuilder products) => products
        .MapPost("/", async (Body body, ISender sender, HttpResponse response, CancellationToken ct) =>
        {
            var product = await sender.Send(new Command(body.Sku?.Trim()!, body.Name?.Trim()!, body.Price, body.Currency, body.Weight), ct);
            response.Headers.ETag = VersionTag.Of(product.Version);
            return TypedResults.Created($"/v1/catalog/products/{Uri.EscapeDataString(product.Sku)}", product);
        })
        .WithExample(new Body("EARL-GREY-250", "Earl Grey, loose, 250 g", 11.95m, "GBP", 280))
        .WithName("PublishProduct")
        .WithSummary("Publishes a new product.")
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ForOperators()
        .WithIdempotencyKey();

    public sealed class Handler(IDocumentSession db, Outbox outbox, TimeProvider clock) : ICommandHandler<Command, ProductView>
    {
        public async ValueTask<ProductView> Handle(Command command, CancellationToken ct)
        {
            if (await db.CheckExistsAsync<Product>(command.Sku, ct))
                throw new RefusedException("product.exists", $"There is a product {command.Sku} already: change its price, or publish it if it is a draft or withdrawn.");

            var product = new Product { Sku = command.Sku, Name = command.Name, Price = command.Price, Currency = command.Currency, Weight = command.Weight };
            db.Insert(product);
            db.EnterPrices(clock.GetUtcNow(), product);
            await outbox.Publish(product.AsPublished());

            return ProductView.Of(product);
        }
    }
}
