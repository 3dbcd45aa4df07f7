using System.Text.Json.Serialization;
using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Orders.Contracts;
using Shared.Kernel;

namespace Orders;

/// <summary>A customer orders at the catalogue's prices; an operator orders for a customer, also at prices agreed with them.</summary>
internal static class PlaceOrder
{
    /// <param name="Country">Where to; without one, GB.</param>
    /// <param name="To">Where to within the country.</param>
    /// <param name="Lines">A line's unit price: for operators.</param>
    /// <param name="Shipping">For operators: the shipping agreed instead of Shipping's rate.</param>
    public sealed record Body(IReadOnlyList<WantedLine> Lines, string PaymentToken, Guid? CustomerId = null, string Currency = "GBP", string? Country = null, decimal? Shipping = null,
        DeliveryAddress? To = null);

    public sealed record Answer(Guid Id, decimal Total, string Currency, string Status, decimal Shipping = 0, bool ShippingEstimated = false);

    // What is not given is not written: the same request hashes as it did before there was a country, and its repetition is known.
    public sealed record Command(Guid CustomerId, IReadOnlyList<WantedLine> Lines, string PaymentToken, string Currency,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Country,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] decimal? Shipping,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DeliveryAddress? To) : ICommand<Answer>, IValidated
    {
        public void Validate(Rules rules)
        {
            rules.Text(PaymentToken, "paymentToken", most: 200);
            rules.Require(Shipping is null or (>= 0 and <= 1_000_000 and { Scale: <= 2 }), "shipping", "must be 0 to 1,000,000 and have at most 2 decimals");
            To?.Check(rules);
            OrderPrice.Check(Lines, Currency, Country, rules);
        }
    }

    public static void Map(IEndpointRouteBuilder orders) => orders
        .MapPost("/", async Task<Results<Created<Answer>, ProblemHttpResult>> (Body body, Caller caller, ISender sender, CancellationToken ct) =>
        {
            if (!caller.IsOperator && body.Lines.Any(line => line?.UnitPrice is not null))
                return NotYours("order.price-not-yours", "A customer pays the catalogue's price: leave unitPrice out.");
            if (!caller.IsOperator && body.Shipping is not null)
                return NotYours("order.price-not-yours", "A customer pays Shipping's rate: leave shipping out.");
            if (!caller.IsOperator && body.CustomerId is { } other && other != caller.Id)
                return NotYours("order.customer-not-yours", "A customer orders for themselves: leave customerId out.");

            var placed = await sender.Send(new Command(body.CustomerId ?? caller.Id, body.Lines, body.PaymentToken, body.Currency, body.Country, body.Shipping, body.To), ct);
            return TypedResults.Created($"/v1/orders/{placed.Id}", placed);
        })
        .ForCustomers()
        .WithIdempotencyKey()
        .WithExample(new Body([new WantedLine("EARL-GREY-250", 2)], "test-ok", Country: "GB", To: new DeliveryAddress("Ada Lovelace", "12 St James's Square", "SW1Y 4JH", "London")))
        .WithName("PlaceOrder")
        .WithSummary("Orders up to 1,000 lines, at the catalogue's prices or, by an operator, at agreed ones.")
        .WithDescription("A line costs quantity × unit price, rounded half away from zero to two decimals; the total is the sum of the lines and the shipping. Shipping's rate is for the order's weight and country; if it cannot be asked, the order is placed with an estimate, and says so.");

    public sealed class Handler(IDocumentSession db, Outbox outbox, OrderPrice price, TaxRates taxes, StepTimeouts timeouts, TimeProvider clock) : ICommandHandler<Command, Answer>
    {
        public async ValueTask<Answer> Handle(Command command, CancellationToken ct)
        {
            var priced = await price.Of(command.Lines, command.Currency, command.Country, command.Shipping, ct);
            var placed = Order.Place(command.CustomerId, priced, clock.GetUtcNow(), command.To);

            var id = Guid.CreateVersion7(placed.At);
            db.Events.StartStream<Order>(id, placed);
            await outbox.Publish(new OrderPlaced(
                id, placed.CustomerId, placed.Lines, placed.Total, placed.Currency, command.PaymentToken, placed.Country, placed.Shipping, placed.ShippingEstimated, placed.To, taxes.RateOf(priced.Country)));
            await outbox.Later(new StepTimedOut(id, OrderStep.Stock), timeouts.Stock);

            return new Answer(id, placed.Total, placed.Currency, OrderStatus.Placed, placed.Shipping, placed.ShippingEstimated);
        }
    }

    private static ProblemHttpResult NotYours(string code, string reason) =>
        TypedResults.Problem(reason, statusCode: StatusCodes.Status403Forbidden, extensions: new Dictionary<string, object?> { ["code"] = code });
}
