using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orders.Contracts;
using Shared.Kernel;

namespace Orders;

/// <summary>What an order would cost, for anyone, also before they sign in. Nothing is kept, and nothing set aside.</summary>
internal static class QuoteOrder
{
    /// <param name="Country">Where to; without one, GB.</param>
    public sealed record Body(IReadOnlyList<BodyLine> Lines, string Currency = "GBP", string? Country = null);

    public sealed record BodyLine(string Sku, int Quantity);

    /// <param name="Goods">The sum of the lines.</param>
    /// <param name="ShippingEstimated">Shipping cannot be asked now: this is its last known rate, or a flat one.</param>
    /// <param name="Total">Goods and shipping.</param>
    /// <param name="Tax">What of the total is tax; null where no rate is set for the country.</param>
    public sealed record Answer(IReadOnlyList<OrderLine> Lines, decimal Goods, decimal Shipping, bool ShippingEstimated, decimal Total, string Currency, string Country, IncludedTax? Tax);

    public sealed record Query(IReadOnlyList<WantedLine> Lines, string Currency, string? Country) : IQuery<Answer>, IValidated
    {
        public void Validate(Rules rules) => OrderPrice.Check(Lines, Currency, Country, rules);
    }

    // Takes no idempotency key: asked twice, it answers what it costs then.
    public static void Map(IEndpointRouteBuilder orders) => orders
        .MapPost("/quote", async (Body body, ISender sender, CancellationToken ct) =>
            TypedResults.Ok(await sender.Send(new Query([.. body.Lines.Select(line => line is null ? null! : new WantedLine(line.Sku, line.Quantity))], body.Currency, body.Country), ct)))
        .ForAnyone()
        .WithExample(new Body([new BodyLine("EARL-GREY-250", 2)], "GBP", "GB"))
        .WithName("QuoteOrder")
        .WithSummary("What an order would cost now: lines, shipping, the tax in it, total.")
        .WithDescription("The same calculation as an order's. It is no offer: an order costs what the catalogue and Shipping say when it is placed.")
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status409Conflict);

    public sealed class Handler(OrderPrice price, TaxRates taxes) : IQueryHandler<Query, Answer>
    {
        public async ValueTask<Answer> Handle(Query query, CancellationToken ct)
        {
            var priced = await price.Of(query.Lines, query.Currency, query.Country, agreed: null, ct);

            return new Answer(priced.Lines, priced.Total - priced.Carriage.Amount, priced.Carriage.Amount, priced.Carriage.Estimated, priced.Total, priced.Currency, priced.Country,
                taxes.In(priced.Total, priced.Country, priced.Currency));
        }
    }
}
