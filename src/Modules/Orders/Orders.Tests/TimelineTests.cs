using System.Text.RegularExpressions;
using static Orders.Tests.OrderStory;

namespace Orders.Tests;

/// <summary>What a customer reads of an order: the codes are a contract.</summary>
public sealed partial class TimelineTests
{
    [Theory]
    [InlineData("StockReserved PaymentCaptured ShipmentDispatched ShipmentDelivered", "placed stock-reserved payment-captured confirmed dispatched delivered completed")]
    [InlineData("PaymentCaptured StockReserved ShipmentDelivered ShipmentDispatched", "placed payment-captured stock-reserved confirmed delivered completed dispatched")]
    [InlineData("StockReserved PaymentDeferred ShipmentDelivered PaymentCaptured", "placed stock-reserved payment-deferred confirmed delivered completed payment-captured")]
    [InlineData("StockReserved PaymentCaptured Cancel ShipmentDispatched", "placed stock-reserved payment-captured confirmed cancellation-requested cancellation-refused dispatched")]
    [InlineData("StockReserved PaymentCaptured Cancel ShipmentStopped PaymentRefunded", "placed stock-reserved payment-captured confirmed cancellation-requested cancelled.customer payment-refunded")]
    [InlineData("StockReserved PaymentCaptured ShipmentDispatched ShipmentLost", "placed stock-reserved payment-captured confirmed dispatched cancelled.shipment.lost")]
    [InlineData("StockReserved PaymentCaptured FirstPart LastPart ParcelLost ShipmentDelivered", "placed stock-reserved payment-captured confirmed dispatched.part dispatched parcel-lost delivered completed")]
    [InlineData("StockReserved PaymentCaptured Cancel LastPart FirstPart", "placed stock-reserved payment-captured confirmed cancellation-requested cancellation-refused dispatched dispatched.part")]
    [InlineData("StockRejected", "placed cancelled.stock.rejected")]
    [InlineData("StockTimedOut", "placed cancelled.stock.timed-out")]
    [InlineData("StockReserved ReservationExpired", "placed stock-reserved cancelled.stock.expired")]
    [InlineData("StockReserved PaymentDeclined", "placed stock-reserved cancelled.payment.declined")]
    [InlineData("StockReserved PaymentTimedOut PaymentCaptured PaymentRefunded", "placed stock-reserved cancelled.payment.timed-out payment-captured.late payment-refunded")]
    public void each_step_has_a_code(string messages, string codes) =>
        Assert.Equal(codes, string.Join(' ', StepsOf(AnOrder().Told(messages.Split(' '))).Select(step => step.Code)));

    [Theory]
    [InlineData("PaymentCaptured StockRejected", "The order is cancelled: not everything in it is in stock. 9.98 GBP is given back.")]
    [InlineData("StockRejected", "The order is cancelled: not everything in it is in stock.")]
    [InlineData("StockReserved PaymentDeclined", "The order is cancelled: the payment was declined.")]
    [InlineData("StockReserved PaymentTimedOut", "The order is cancelled: no payment arrived in time.")]
    [InlineData("StockReserved Cancel", "The order is cancelled, as its customer wished.")]
    [InlineData("StockReserved PaymentCaptured ShipmentDispatched ShipmentLost", "The order is cancelled: its parcel was lost on the way. 9.98 GBP is given back.")]
    [InlineData("StockReserved PaymentCaptured PaymentRefunded ShipmentLost", "The order is cancelled: its parcel was lost on the way.")]
    [InlineData("Cancel PaymentCaptured", "The payment of 9.98 GBP arrived after the order was cancelled. It is given back.")]
    [InlineData("StockReserved PaymentCaptured ShipmentDispatched", "The parcel is on its way. Its tracking number is T-1.")]
    [InlineData("StockReserved PaymentCaptured FirstPart", "A parcel with 1 × mug is on its way. Its tracking number is T-1. Still to come: 1 × mug.")]
    [InlineData("StockReserved PaymentCaptured FirstPart LastPart", "A parcel with 1 × mug is on its way. Its tracking number is T-2. With it everything is sent.")]
    [InlineData("StockReserved PaymentCaptured LastPart FirstPart", "A parcel with 1 × mug had been sent with the tracking number T-1.")]
    [InlineData("StockReserved PaymentCaptured FirstPart LastPart ParcelLost", "A parcel with 1 × mug was lost on its way. 4.99 GBP is given back.")]
    [InlineData("StockReserved PaymentDeferred ParcelLost", "A parcel with 1 × mug was lost on its way. 4.99 GBP need not be paid.")]
    [InlineData("StockReserved PaymentCaptured ShipmentLost ParcelLost", "A parcel with 1 × mug was lost on its way.")]
    [InlineData("StockReserved PaymentCaptured ShipmentLost ShipmentDispatched", "The parcel had been sent with the tracking number T-1.")]
    [InlineData("StockReserved PaymentCaptured FirstPart PartDropped", "1 × mug cannot be sent, and will not be. 4.99 GBP is given back.")]
    [InlineData("StockReserved PaymentDeferred FirstPart ParcelLost RestCaptured ShipmentLost", "The order is cancelled: its parcel was lost on the way. All that was paid is given back, 4.99 GBP together with what was given back before.")]
    [InlineData("StockReserved PaymentCaptured FirstPart ParcelLost ShipmentLost", "The order is cancelled: its parcel was lost on the way. All that was paid is given back, 9.98 GBP together with what was given back before.")]
    [InlineData("StockReserved PaymentCaptured PaymentRefunded", "9.98 GBP was given back: everything that was paid.")]
    public void the_last_step_says_what_it_means_for_goods_and_money(string messages, string text) =>
        Assert.Equal(text, StepsOf(AnOrder().Told(messages.Split(' ')))[^1].Text);

    [Fact]
    public void of_an_invoice_that_was_credited_in_part_what_was_paid_is_all_that_is_given_back()
    {
        var story = AnOrder().Told("StockReserved", "PaymentDeferred", "FirstPart", "ParcelLost", "RestCaptured", "ShipmentLost");

        Assert.NotNull(story.Refunded(4.99m));
        Assert.Null(story.Refunded(0.01m));

        Assert.Equal(new TimelineStep("payment-refunded", "4.99 GBP was given back: everything that was paid."), StepsOf(story)[^1]);
    }

    [Fact]
    public void an_order_that_was_paid_before_the_amount_was_kept_was_paid_in_full()
    {
        var before = AnOrder().Told("StockReserved", "PaymentCaptured").Order with { Paid = null };

        Assert.Equal("payment-refunded.part", Timeline.Of(before, new Order.PaymentRefunded(4.99m, "GBP")).Code);
        Assert.Equal("payment-refunded", Timeline.Of(before, new Order.PaymentRefunded(9.98m, "GBP")).Code);
    }

    [Theory]
    [InlineData("operator", "The order is cancelled by the shop.")]
    [InlineData("a reason of a later version", "The order is cancelled.")]
    public void why_an_order_was_cancelled_is_said_and_its_note_is_not(string reason, string text) =>
        Assert.Equal(new TimelineStep($"cancelled.{reason}", text), Timeline.Of(AnOrder().Order, new Order.Cancelled(reason, "not for the customer")));

    [Fact]
    public void every_fact_is_a_step_in_plain_sentences()
    {
        var before = AnOrder().Order;
        Order.Fact[] facts =
        [
            new Order.Placed(before.CustomerId, before.Lines, 1, "GBP", before.PlacedAt), new Order.StockReserved(), new Order.PaymentCaptured(1, "GBP"),
            new Order.PaymentDeferred(1, "GBP", new DateOnly(2026, 12, 24)), new Order.Confirmed(),
            new Order.CancellationRequested("customer", "n"), new Order.CancellationRefused(), new Order.Cancelled("customer", "n"), new Order.Dispatched("T-1"),
            new Order.ParcelLost(before.Id, [new("mug", 1)], 1, "GBP"), new Order.Delivered(), new Order.Completed(), new Order.PaymentRefunded(1, "GBP"),
        ];
        Assert.Equal(typeof(Order).GetNestedTypes().Count(type => type.IsSubclassOf(typeof(Order.Fact))), facts.Length);

        Assert.All(facts, fact => Assert.Matches(Sentences(), Timeline.Of(before, fact).Text));
    }

    [GeneratedRegex(@"^[A-Z0-9][^_]+\.$")]
    private static partial Regex Sentences();

    private static List<TimelineStep> StepsOf(OrderStory story)
    {
        var steps = new List<TimelineStep>();
        Order? before = null;
        foreach (var fact in story.Facts)
        {
            steps.Add(Timeline.Of(before, fact));
            before = Order.After(before, story.Order.Id, fact);
        }

        return steps;
    }
}
