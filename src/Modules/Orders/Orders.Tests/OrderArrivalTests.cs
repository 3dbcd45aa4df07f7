using Shared.Kernel;
using static Orders.Tests.OrderStory;

namespace Orders.Tests;

/// <summary>Messages come in any order and more than once: whatever the order, the end is the same.</summary>
public sealed class OrderArrivalTests
{
    public static TheoryData<string> HappyArrivals => All(["StockReserved", "PaymentCaptured", "ShipmentDispatched", "ShipmentDelivered"]);

    public static TheoryData<string> ArrivalsWithCancel => All(["StockReserved", "PaymentCaptured", "Cancel"]);

    public static TheoryData<string> ArrivalsOnInvoice => All(["StockReserved", "PaymentDeferred", "PaymentCaptured", "ShipmentDelivered"]);

    public static TheoryData<string> ArrivalsOnInvoiceWithCancel => All(["StockReserved", "PaymentDeferred", "Cancel", "PaymentTimedOut"]);

    public static TheoryData<string> ArrivalsWithLateTimers => All(["StockReserved", "PaymentCaptured", "StockTimedOut", "PaymentTimedOut"]);

    public static TheoryData<string> ArrivalsOfARejection => All(["StockRejected", "StockTimedOut", "Cancel"]);

    public static TheoryData<string> ArrivalsOfADecline => All(["StockReserved", "PaymentDeclined", "StockTimedOut", "PaymentTimedOut", "Cancel"]);

    // A shipment's news cannot come before the confirmation that caused it; if they did, they would be refused, kept and replayed.
    [Theory, MemberData(nameof(HappyArrivals))]
    public void an_order_is_completed_in_whatever_order_its_messages_arrive(string arrival)
    {
        var story = AnOrder().ToldUntilAccepted(arrival.Split(' '));

        Assert.Equal(OrderStatus.Completed, story.Order.Status);
        Assert.Equal("T-1", story.Order.TrackingNumber);
        Assert.Equal(["Completed", "Confirmed", "Delivered", "Dispatched", "PaymentCaptured", "Placed", "StockReserved"], story.FactNames.Order());
    }

    [Theory, MemberData(nameof(HappyArrivals))]
    public void a_message_that_comes_again_changes_nothing(string arrival)
    {
        var story = AnOrder().ToldUntilAccepted(arrival.Split(' '));
        var once = story.Facts.Count;

        story.ToldUntilAccepted(arrival.Split(' '));

        Assert.Equal(once, story.Facts.Count);
    }

    [Theory, MemberData(nameof(ArrivalsOnInvoice))]
    public void an_order_on_invoice_is_completed_before_it_is_paid_or_after_and_confirmed_once(string arrival)
    {
        var story = AnOrder().ToldUntilAccepted(arrival.Split(' ')).ToldUntilAccepted(arrival.Split(' '));

        Assert.Equal((OrderStatus.Completed, true), (story.Order.Status, story.Order.IsPaid));
        Assert.Single(story.Facts.OfType<Order.Confirmed>());
        Assert.Single(story.Facts.OfType<Order.PaymentCaptured>());
        Assert.InRange(story.Facts.OfType<Order.PaymentDeferred>().Count(), 0, 1);
    }

    [Theory, MemberData(nameof(ArrivalsOnInvoiceWithCancel))]
    public void an_order_on_invoice_that_is_cancelled_is_cancelled_once_and_not_paid(string arrival)
    {
        var story = AnOrder().Told(arrival.Split(' '));
        if (story.Order.Status == OrderStatus.Cancelling) story.Told("ShipmentStopped");

        Assert.Equal((OrderStatus.Cancelled, false), (story.Order.Status, story.Order.IsPaid));
        Assert.Single(story.Facts.OfType<Order.Cancelled>());
    }

    [Theory, MemberData(nameof(ArrivalsWithCancel))]
    public void a_cancelled_order_is_cancelled_once_in_whatever_order_its_messages_arrive(string arrival)
    {
        var story = AnOrder().Told(arrival.Split(' '));
        if (story.Order.Status == OrderStatus.Cancelling) story.Told("ShipmentStopped", "ShipmentStopped");
        story.Told(arrival.Split(' '));

        Assert.Equal((OrderStatus.Cancelled, "customer", "changed my mind"), (story.Order.Status, story.Order.CancelReason, story.Order.CancelNote));
        Assert.Single(story.Facts.OfType<Order.Cancelled>());
        Assert.True(story.Order.IsPaid);
    }

    [Theory]
    [InlineData("ShipmentDispatched ShipmentDelivered")]
    [InlineData("ShipmentDelivered ShipmentDispatched")]
    public void a_cancellation_that_comes_too_late_is_refused_once_and_the_order_completed(string arrival)
    {
        var story = AnOrder().Told("StockReserved", "PaymentCaptured", "Cancel").Told(arrival.Split(' '));

        Assert.Equal((OrderStatus.Completed, null, "T-1"), (story.Order.Status, story.Order.CancelReason, story.Order.TrackingNumber));
        Assert.Single(story.Facts.OfType<Order.CancellationRefused>());
        Assert.Empty(story.Facts.OfType<Order.Cancelled>());
    }

    [Theory, MemberData(nameof(ArrivalsWithLateTimers))]
    public void a_timer_ends_an_order_only_while_its_step_is_open(string arrival)
    {
        var story = AnOrder();
        var expected = OrderStatus.Confirmed;
        foreach (var message in arrival.Split(' '))
        {
            if (message == "StockTimedOut" && story.Order.Status == OrderStatus.Placed) expected = OrderStatus.Cancelled;
            if (message == "PaymentTimedOut" && story.Order.Status == OrderStatus.Reserved) expected = OrderStatus.Cancelled;
            story.Told(message);
        }

        Assert.Equal(expected, story.Order.Status);
        Assert.Equal(expected == OrderStatus.Cancelled ? 1 : 0, story.Facts.OfType<Order.Cancelled>().Count());
        Assert.Equal(expected == OrderStatus.Confirmed ? 1 : 0, story.Facts.OfType<Order.Confirmed>().Count());
    }

    [Theory, MemberData(nameof(ArrivalsOfARejection)), MemberData(nameof(ArrivalsOfADecline))]
    public void of_several_reasons_to_cancel_the_first_counts(string arrival)
    {
        var story = AnOrder().Told(arrival.Split(' '));

        var cancelled = Assert.Single(story.Facts.OfType<Order.Cancelled>());
        Assert.Equal(OrderStatus.Cancelled, story.Order.Status);
        Assert.Equal(cancelled.Reason, story.Order.CancelReason);
        Assert.Empty(story.Facts.OfType<Order.Confirmed>());
    }

    [Theory]
    [InlineData("ShipmentDispatched")]
    [InlineData("ShipmentDelivered")]
    [InlineData("ShipmentStopped")]
    public void what_cannot_be_is_refused_loudly(string message)
    {
        foreach (var before in new[] { "", "StockReserved", "PaymentCaptured" })
        {
            var story = AnOrder().Told(before.Split(' ', StringSplitOptions.RemoveEmptyEntries));

            Assert.Equal("order.out-of-step", Assert.Throws<RefusedException>(() => story.Told(message)).Code);
        }
    }

    private static TheoryData<string> All(IReadOnlyList<string> messages) => [.. Permutations.Of(messages).Select(arrival => string.Join(' ', arrival))];
}
