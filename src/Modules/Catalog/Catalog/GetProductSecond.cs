using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Claims;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Catalog;

/// <summary>A product as <c>/v2</c> tells it: its price is money in decimal digits, which no reader's floating point rounds, and its weight says its unit.</summary>
internal static class GetProductSecond
{
    /// <param name="Amount">Decimal digits, such as 12.50.</param>
    /// <param name="Currency">ISO 4217.</param>
    public sealed record Money([property: RegularExpression(@"^\d+(\.\d+)?$")] string Amount, string Currency);

    public sealed record View(string Sku, string Name, string Description, Money Price, int WeightGrams, ProductState State, IReadOnlyList<Image> Images, IReadOnlyList<string> Categories);

    public static void Map(IEndpointRouteBuilder products) => products
        .MapGet("/{sku}", async (string sku, ClaimsPrincipal caller, ISender sender, HttpResponse response, CancellationToken ct) =>
        {
            var product = await sender.Send(new GetProduct.Query(sku, caller.IsInRole(Policies.Operator)), ct);
            response.Headers.ETag = VersionTag.Of(product.Version);
            return TypedResults.Ok(new View(product.Sku, product.Name, product.Description, new Money(product.Price.ToString(CultureInfo.InvariantCulture), product.Currency),
                product.Weight, product.State, product.Images, product.Categories));
        })
        .WithName("GetProductSecond")
        .WithSummary("A product with its version as ETag.")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ForAnyone();
}
