using Shared.Kernel;
using static Orders.Tests.OrderStory;

namespace Orders.Tests;

public sealed class OrderTests
{
    [Theory]
    [InlineData(3, "0.335", "1.01")]
    [InlineData(1, "0.005", "0.01")]
    [InlineData(1, "0.0049", "0.00")]
    [InlineData(5, "0.0010", "0.01")]
    [InlineData(100_000, "4.9999", "499990.00")]
    public void a_line_costs_quantity_times_price_rounded_half_away_from_zero(int quantity, string price, string amount) =>
        Assert.Equal(Parsed(amount), Order.Line("mug", quantity, Parsed(price)).Amount);

    [Fact]
    public void an_order_costs_the_sum_of_its_rounded_lines()
    {
        var story = AnOrder(Order.Line("mug", 1, 0.005m), Order.Line("mug", 1, 0.005m), Order.Line("jug", 3, 1.25m));

        Assert.Equal(3.77m, story.Order.Total);
    }

    [Fact]
    public void an_order_worth_nothing_is_refused() =>
        Assert.Equal("order.worthless", Assert.Throws<RefusedException>(() => AnOrder(Order.Line("mug", 1, 0.0001m))).Code);

    [Fact]
    public void an_order_goes_from_placed_to_completed()
    {
        var story = AnOrder();
        var seen = new List<string> { story.Order.Status };

        foreach (var message in new[] { "StockReserved", "PaymentCaptured", "ShipmentDispatched", "ShipmentDelivered" }) seen.Add(story.Told(message).Order.Status);

        Assert.Equal(["placed", "reserved", "confirmed", "dispatched", "completed"], seen);
    }

    [Theory]
    [InlineData("", "StockRejected", "stock.rejected")]
    [InlineData("", "StockTimedOut", "stock.timed-out")]
    [InlineData("", "PaymentDeclined", "payment.declined")]
    [InlineData("PaymentCaptured", "StockRejected", "stock.rejected")]
    [InlineData("PaymentCaptured", "StockTimedOut", "stock.timed-out")]
    [InlineData("StockReserved", "PaymentDeclined", "payment.declined")]
    [InlineData("StockReserved", "PaymentTimedOut", "payment.timed-out")]
    [InlineData("", "ReservationExpired", "stock.expired")]
    [InlineData("StockReserved", "ReservationExpired", "stock.expired")]
    [InlineData("", "Cancel", "customer")]
    [InlineData("StockReserved", "Cancel", "customer")]
    public void a_step_that_fails_cancels_the_order_with_its_reason(string before, string message, string reason)
    {
        var story = AnOrder().Told(before.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Told(message);

        Assert.Equal((OrderStatus.Cancelled, reason), (story.Order.Status, story.Order.CancelReason));
    }

    [Theory]
    [InlineData("StockReserved", "StockRejected")]
    [InlineData("PaymentCaptured", "PaymentDeclined")]
    [InlineData("StockReserved PaymentCaptured", "StockRejected")]
    public void a_failure_that_contradicts_what_is_known_is_refused_loudly(string before, string message)
    {
        var story = AnOrder().Told(before.Split(' '));

        Assert.Equal("order.out-of-step", Assert.Throws<RefusedException>(() => story.Told(message)).Code);
    }

    [Fact]
    public void a_confirmed_order_is_cancelled_when_its_parcel_is_stopped()
    {
        var story = AnOrder().Told("StockReserved", "PaymentCaptured", "Cancel");

        Assert.Equal(OrderStatus.Cancelling, story.Order.Status);
        Assert.Equal(OrderStatus.Cancelled, story.Told("ShipmentStopped").Order.Status);
        Assert.Equal("customer", story.Order.CancelReason);
    }

    [Theory]
    [InlineData("ShipmentDispatched")]
    [InlineData("ShipmentDelivered")]
    public void a_dispatched_order_is_not_cancelled(string message)
    {
        var story = AnOrder().Told("StockReserved", "PaymentCaptured", message);

        Assert.Equal("order.dispatched", Assert.Throws<RefusedException>(() => story.Told("Cancel")).Code);
    }

    [Fact]
    public void a_cancelled_order_notes_late_money_and_its_return_and_stays_cancelled()
    {
        var story = AnOrder().Told("Cancel", "PaymentCaptured", "PaymentCaptured", "StockReserved", "PaymentRefunded", "PaymentRefunded");

        Assert.Equal(["Placed", "Cancelled", "PaymentCaptured", "PaymentRefunded"], story.FactNames);
        Assert.Equal((OrderStatus.Cancelled, story.Order.Total), (story.Order.Status, story.Order.Refunded));
    }

    [Fact]
    public void every_fact_has_a_name_of_its_own_to_be_stored_under_and_an_effect()
    {
        var facts = typeof(Order).GetNestedTypes().Where(type => type.IsSubclassOf(typeof(Order.Fact))).ToList();
        var store = new Marten.StoreOptions();
        OrderHistory.Declare(store);

        var names = facts.Select(fact => ((Marten.Events.EventGraph)store.Events).EventMappingFor(fact).EventTypeName).ToList();

        Assert.Equal(facts.Count, names.Distinct().Count());
        Assert.Equal(
            "cancellation-refused cancellation-requested cancelled completed confirmed delivered dispatched parcel-lost payment-captured payment-deferred payment-refunded placed stock-reserved",
            string.Join(' ', names.Order()));
    }

    private static decimal Parsed(string number) => decimal.Parse(number, System.Globalization.CultureInfo.InvariantCulture);
}
