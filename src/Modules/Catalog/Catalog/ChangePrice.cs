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

/// <summary>A published product, or a draft, costs something else, for whoever has read what it costs now.</summary>
internal static class ChangePrice
{
    public sealed record Body(decimal Price, string Currency);

    public sealed record Command(string Sku, decimal Price, string Currency, string IfMatch) : ICommand<ProductView>, IValidated
    {
        public void Validate(Rules rules)
        {
            foreach (var (field, rule) in Product.Broken(Price, Currency)) rules.Require(false, field, rule);
        }
    }

    public static void Map(IEndpointRouteBuilder products) => products
        .MapPut("/{sku}/price", async Task<Results<Ok<ProductView>, ProblemHttpResult>> (
            string sku, Body body, [FromHeader(Name = "If-Match")] string? ifMatch, ISender sender, HttpResponse response, CancellationToken ct) =>
        {
            if (string.IsNullOrEmpty(ifMatch)) return VersionTag.Required("product");

            var product = await sender.Send(new Command(sku, body.Price, body.Currency, ifMatch), ct);
            response.Headers.ETag = VersionTag.Of(product.Version);
            return TypedResults.Ok(product);
        })
        .WithExample(new Body(12.50m, "GBP"))
        .WithName("ChangePrice")
        .WithSummary("Changes the price of a published product or a draft. If-Match with the product's ETag is required.")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status412PreconditionFailed)
        .ProducesProblem(StatusCodes.Status428PreconditionRequired)
        .ForOperators();

    public sealed class Handler(IDocumentSession db, Outbox outbox, TimeProvider clock) : ICommandHandler<Command, ProductView>
    {
        public async ValueTask<ProductView> Handle(Command command, CancellationToken ct)
        {
            var product = await db.Product(command.Sku, ct);
            if (!VersionTag.Fits(command.IfMatch, product.Version)) throw new ChangedMeanwhileException($"product {command.Sku}");

            if (product.ChangePrice(command.Price, command.Currency))
            {
                db.UpdateRevision(product, product.Version);
                if (product.State == ProductState.Published)
                {
                    db.EnterPrices(clock.GetUtcNow(), product);
                    await outbox.Publish(new PriceChanged(product.Sku, product.Price, product.Currency, product.Version));
                }
            }

            return ProductView.Of(product);
        }
    }
}
