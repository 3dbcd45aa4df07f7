using System.Net;
using Orders.Contracts;
using Shared.Kernel;
using static Orders.Tests.OrderStory;
using static Orders.Tests.OrdersUnderTest;

namespace Orders.Tests;

/// <summary>A parcel that never arrives: its order is cancelled though it had left the house.</summary>
public sealed class LostOrderTests(OrdersUnderTest orders) : IClassFixture<OrdersUnderTest>
{
    public static TheoryData<string> Arrivals =>
        [.. Permutations.Of(["StockReserved", "PaymentCaptured", "ShipmentDispatched", "ShipmentLost"]).Select(arrival => string.Join(' ', arrival))];

    [Theory, MemberData(nameof(Arrivals))]
    public void a_lost_order_is_cancelled_once_in_whatever_order_its_messages_arrive(string arrival)
    {
        var story = AnOrder().ToldUntilAccepted(arrival.Split(' '));
        var once = story.Facts.Count;
        story.ToldUntilAccepted(arrival.Split(' '));

        Assert.Equal((OrderStatus.Cancelled, "shipment.lost", "T-1"), (story.Order.Status, story.Order.CancelReason, story.Order.TrackingNumber));
        Assert.Equal(["Cancelled", "Confirmed", "Dispatched", "PaymentCaptured", "Placed", "StockReserved"], story.FactNames.Order());
        Assert.Equal(once, story.Facts.Count);
    }

    [Theory]
    [InlineData("Cancel ShipmentDispatched ShipmentLost")]
    [InlineData("Cancel ShipmentLost ShipmentDispatched")]
    public void a_cancellation_that_came_too_late_is_not_the_reason(string arrival)
    {
        var story = AnOrder().Told("StockReserved", "PaymentCaptured").Told(arrival.Split(' '));

        Assert.Equal((OrderStatus.Cancelled, "shipment.lost", null), (story.Order.Status, story.Order.CancelReason, story.Order.CancelNote));
        Assert.Single(story.Facts.OfType<Order.CancellationRefused>());
    }

    [Theory]
    [InlineData("", "ShipmentLost")]
    [InlineData("StockReserved", "ShipmentLost")]
    [InlineData("Cancel", "ShipmentLost")]
    [InlineData("StockReserved PaymentCaptured Cancel ShipmentStopped", "ShipmentLost")]
    [InlineData("StockReserved PaymentCaptured ShipmentDelivered", "ShipmentLost")]
    [InlineData("StockReserved PaymentCaptured ShipmentLost", "ShipmentDelivered")]
    [InlineData("StockReserved PaymentCaptured ShipmentLost", "ShipmentStopped")]
    public void what_never_left_or_has_arrived_was_not_lost(string before, string message)
    {
        var story = AnOrder().Told(before.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal("order.out-of-step", Assert.Throws<RefusedException>(() => story.Told(message)).Code);
    }

    [Theory]
    [InlineData("ShipmentDispatched ShipmentLost")]
    [InlineData("ShipmentLost ShipmentDispatched")]
    public async Task its_cancellation_is_told_once_and_its_refund_noted(string arrival)
    {
        var id = await orders.AnOrder();
        await orders.Tell(id, "StockReserved", "PaymentCaptured");

        await orders.Tell(id, arrival.Split(' '));
        await orders.Tell(id, [.. arrival.Split(' '), "PaymentRefunded", "PaymentRefunded"]);

        Assert.Equal(new OrderCancelled(id, "shipment.lost"), Assert.Single(await orders.Module.Published<OrderCancelled>(), told => told.OrderId == id));
        var order = await orders.Order(id);
        Assert.Equal(("cancelled", "shipment.lost", "T-1", 9.98m),
            (order.GetProperty("status").GetString(), order.GetProperty("cancelReason").GetString(), order.GetProperty("trackingNumber").GetString(), order.GetProperty("refunded").GetDecimal()));
        Assert.Equal(HttpStatusCode.OK, (await orders.Cancel(id)).StatusCode);
    }

    [Fact]
    public async Task what_has_arrived_is_not_lost_and_nothing_is_told()
    {
        var id = await orders.AnOrder();
        await orders.Tell(id, "StockReserved", "PaymentCaptured", "ShipmentDelivered");

        var fault = await Assert.ThrowsAnyAsync<Exception>(() => orders.Tell(id, "ShipmentLost"));

        Assert.Contains("RefusedException", fault.ToString());
        Assert.Equal("completed", await orders.StatusOf(id));
        Assert.Equal(0, await orders.Published<OrderCancelled>(told => told.OrderId, id));
    }
}
