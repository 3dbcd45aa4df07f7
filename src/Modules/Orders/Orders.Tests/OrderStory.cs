using Billing.Contracts;
using Inventory.Contracts;
using Orders.Contracts;
using Shared.Kernel;
using Shipping.Contracts;

namespace Orders.Tests;

/// <summary>An order and what it was told, without a database: facts are folded as they are kept.</summary>
internal sealed class OrderStory
{
    private readonly List<Order.Fact> _facts = [];

    private OrderStory(Order.Placed placed) => Keep([placed]);

    public Order Order { get; private set; } = null!;

    public IReadOnlyList<Order.Fact> Facts => _facts;

    public IEnumerable<string> FactNames => _facts.Select(fact => fact.GetType().Name);

    public static OrderStory AnOrder(params OrderLine[] lines) =>
        new(Order.Place(Guid.CreateVersion7(), new Priced(lines is [] ? [Order.Line("mug", 2, 4.99m)] : lines, "GBP", "GB", new Carriage(0, Estimated: false)), TimeProvider.System.GetUtcNow()));

    /// <summary>Tells the order everything, one after the other, by the short names of messages; answers itself.</summary>
    public OrderStory Told(params IEnumerable<string> messages)
    {
        foreach (var message in messages) Hear(message);
        return this;
    }

    /// <summary>Tells it of a refund in part; answers what it noted of it, if anything.</summary>
    public Order.PaymentRefunded? Refunded(decimal amount)
    {
        var fact = Order.Refund(amount, Order.Currency);
        Keep(One(fact));
        return fact;
    }

    private void Hear(string message) => Keep(message switch
    {
        nameof(StockReserved) => Order.ReserveStock(),
        nameof(StockRejected) => One(Order.RejectStock("1 mug is left")),
        nameof(ReservationExpired) => One(Order.ExpireReservation()),
        nameof(PaymentCaptured) => Order.CapturePayment(Order.Total, Order.Currency),
        nameof(PaymentDeferred) => Order.DeferPayment(Order.Total, Order.Currency, new DateOnly(2026, 12, 24)),
        nameof(PaymentDeclined) => One(Order.DeclinePayment("The card has expired.")),
        nameof(PaymentRefunded) => One(Order.Refund(Order.Total, Order.Currency)),
        nameof(ShipmentDispatched) => Order.Dispatch(new Order.Dispatched("T-1")),
        "FirstPart" => Order.Dispatch(new Order.Dispatched("T-1", [new("mug", 1)], [new("mug", 1)])),
        "LastPart" => Order.Dispatch(new Order.Dispatched("T-2", [new("mug", 1)], [], Part: 2)),
        nameof(ParcelLost) => One(Order.LoseParcel(Order.Id, [new("mug", 1)])),
        nameof(PartDropped) => One(Order.LoseParcel(Order.Id, [new("mug", 1)], notSent: true)),
        "RestCaptured" => Order.CapturePayment(Order.Total - Order.LostParcels.Sum(lost => lost.Amount), Order.Currency),
        nameof(ShipmentDelivered) => Order.Deliver(),
        nameof(ShipmentLost) => Order.Lose(),
        nameof(ShipmentStopped) => One(Order.StopShipment()),
        "StockTimedOut" => One(Order.TimeOut(OrderStep.Stock)),
        "PaymentTimedOut" => One(Order.TimeOut(OrderStep.Payment)),
        "Cancel" => One(Order.Cancel("customer", "changed my mind")),
        _ => throw new ArgumentOutOfRangeException(nameof(message), message, "No such message."),
    });

    /// <summary>Tells it again and again, as a person replays dead letters, what it refused because something else must come first.</summary>
    public OrderStory ToldUntilAccepted(IReadOnlyList<string> messages)
    {
        for (var left = messages.ToList(); left.Count > 0;)
        {
            var refused = left.Where(message => !Accepts(message)).ToList();
            Assert.True(refused.Count < left.Count, $"A {Order.Status} order accepts none of {string.Join(", ", left)}.");
            left = refused;
        }

        return this;
    }

    private bool Accepts(string message)
    {
        try
        {
            Hear(message);
            return true;
        }
        catch (RefusedException)
        {
            return false;
        }
    }

    private void Keep(IReadOnlyList<Order.Fact> facts)
    {
        foreach (var fact in facts)
        {
            _facts.Add(fact);
            Order = Order.After(Order, Order?.Id ?? Guid.CreateVersion7(), fact);
        }
    }

    private static Order.Fact[] One(Order.Fact? fact) => fact is null ? [] : [fact];
}

internal static class Permutations
{
    public static IEnumerable<IReadOnlyList<T>> Of<T>(IReadOnlyList<T> items) => items.Count < 2
        ? [items]
        : items.SelectMany((first, at) => Of<T>([.. items.Take(at), .. items.Skip(at + 1)]).Select(rest => (IReadOnlyList<T>)[first, .. rest]));
}
