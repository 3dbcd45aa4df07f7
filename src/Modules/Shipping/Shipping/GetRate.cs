using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Shipping;

/// <summary>What carrying so much to a country costs, asked by customers and, as <see cref="AnswerRates"/>, by modules.</summary>
internal static class GetRate
{
    public sealed record Query(string Country, long Weight, string Currency) : IQuery<Rate>, IValidated
    {
        public void Validate(Rules rules)
        {
            rules.Require(Iso.IsCountry(Country), "country", "must be two capital letters such as GB");
            rules.Require(Weight is >= 0 and <= RateTable.Heaviest, "weight", $"must be grams, 0 to {RateTable.Heaviest}");
            rules.Require(Iso.IsCurrency(Currency), "currency", "must be three capital letters such as GBP");
        }
    }

    public static void Map(IEndpointRouteBuilder shipping) => shipping
        .MapGet("/rates", async (string country, long weight, string? currency, ISender sender, CancellationToken ct) =>
            TypedResults.Ok(await sender.Send(new Query(country, weight, currency ?? "GBP"), ct)))
        .ForAnyone()
        .WithName("GetRate")
        .WithSummary("What carrying an order of so many grams to a country costs.")
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status409Conflict);

    public sealed class Handler(RateTable table) : IQueryHandler<Query, Rate>
    {
        public ValueTask<Rate> Handle(Query query, CancellationToken ct) => new(table.For(query.Country, query.Weight, query.Currency));
    }
}
