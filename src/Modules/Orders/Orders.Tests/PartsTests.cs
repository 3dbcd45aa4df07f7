using System.Text.Json;
using CsCheck;
using Orders.Contracts;
using Shared.Kernel;
using Shipping.Contracts;
using static Orders.Tests.OrderStory;

namespace Orders.Tests;

/// <summary>An order that is sent in parts, of which some are lost.</summary>
public sealed class PartsTests(OrdersUnderTest orders) : IClassFixture<OrdersUnderTest>
{
    [Theory]
    [InlineData("FirstPart", "dispatched", "T-1")]
    [InlineData("LastPart", "dispatched", "T-2")]
    [InlineData("LastPart FirstPart LastPart FirstPart", "dispatched", "T-2")]
    [InlineData("ShipmentDelivered LastPart FirstPart", "completed", "T-2")]
    public void the_first_part_that_is_heard_of_dispatches_the_order_and_each_is_noted_once(string messages, string status, string tracking)
    {
        var story = AnOrder().Told("StockReserved", "PaymentCaptured").Told(messages.Split(' '));

        Assert.Equal((status, tracking), (story.Order.Status, story.Order.TrackingNumber));
        Assert.Equal(messages.Split(' ').Where(message => message.EndsWith("Part", StringComparison.Ordinal)).Distinct().Count(), story.Facts.OfType<Order.Dispatched>().Count());
        Assert.Throws<RefusedException>(() => story.Told("Cancel"));
    }

    [Fact]
    public void an_order_dispatched_by_the_version_before_knows_its_only_parcel()
    {
        var before = AnOrder().Told("StockReserved", "PaymentCaptured", "ShipmentDispatched").Order with { Parts = [] };

        Assert.Empty(before.Dispatch(new Order.Dispatched("T-1")));
        var next = Assert.IsType<Order.Dispatched>(Assert.Single(before.Dispatch(new Order.Dispatched("T-2", [], [], Part: 2))));
        Assert.Equal([1, 2], Order.After(before, before.Id, next).Parts);
    }

    [Theory]
    [InlineData("", "ParcelLost")]
    [InlineData("StockReserved", "ParcelLost")]
    [InlineData("Cancel", "ParcelLost")]
    public void what_never_left_is_not_lost(string before, string message) => Assert.Equal(
        "order.out-of-step", Assert.Throws<RefusedException>(() => AnOrder().Told(before.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Told(message)).Code);

    [Fact]
    public void lost_one_by_one_the_parts_of_an_order_are_worth_its_goods_to_the_cent() =>
        Gen.Select(Gen.Int[1, 9], Gen.Int[1, 9], Gen.Int[1, 99_999], Gen.Int[1, 99_999], Gen.Int[0, 1000]).Sample((mugs, more, price, other, seed) =>
        {
            // A product may be in several lines, at several prices.
            OrderLine[] lines = [Order.Line("mug", mugs, price / 10_000m), Order.Line("mug", more, other / 10_000m), Order.Line("jug", 1, 3m)];
            var (story, left, random) = (AnOrder(lines).Told("StockReserved", "PaymentCaptured"), mugs + more, new Random(seed));
            var order = story.Order;
            for (; left > 0;)
            {
                var part = random.Next(1, left + 1);
                order = Order.After(order, order.Id, order.LoseParcel(Guid.CreateVersion7(), [new("mug", part)])!);
                left -= part;
            }

            Assert.Equal(lines[0].Amount + lines[1].Amount, order.LostParcels.Sum(lost => lost.Amount));
            Assert.All(order.LostParcels, lost => Assert.True(lost.Amount >= 0));
        }, iter: 2_000);

    [Theory]
    [InlineData("JPY", 3, 4)]
    [InlineData("GBP", 3.33, 3.34)]
    public void a_part_s_price_is_money_that_can_be_moved(string currency, decimal first, decimal second)
    {
        OrderLine[] lines = [Order.Line("mug", 1, 3m), Order.Line("mug", 2, 3.5m)];
        var order = AnOrder(lines).Told("StockReserved", "PaymentCaptured").Order with { Currency = currency };

        foreach (var amount in new[] { first, second, 10 - first - second })
        {
            var lost = order.LoseParcel(Guid.CreateVersion7(), [new("mug", 1)])!;
            Assert.Equal(amount, lost.Amount);
            order = Order.After(order, order.Id, lost);
        }
    }

    [Fact]
    public async Task a_part_that_cannot_be_sent_is_told_once_as_that()
    {
        var (id, part) = (await orders.AnOrder(), Guid.CreateVersion7());
        await orders.Tell(id, "StockReserved", "PaymentCaptured", "ShipmentDispatched");

        for (var times = 0; times < 2; times++) await orders.Module.Deliver(new PartDropped(id, part, [new("mug", 1)]));

        Assert.Equal("part-not-sent", (await CodesOf(id))[^1]);
        Assert.Equal(new OrderPartLost(id, part, 4.99m, "GBP", NotSent: true), Assert.Single(await orders.Module.Published<OrderPartLost>(), told => told.OrderId == id));
    }

    [Fact]
    public async Task each_part_is_in_the_timeline_with_what_is_still_to_come_and_a_lost_one_s_price_is_told_once()
    {
        var (id, parcel) = (await orders.AnOrder(), Guid.CreateVersion7());
        await orders.Tell(id, "StockReserved", "PaymentCaptured");

        for (var times = 0; times < 2; times++)
        {
            await orders.Module.Deliver(new ShipmentDispatched(id, "T-1", [new("mug", 1)], [new("mug", 1)]));
            Assert.Equal("dispatched", await orders.StatusOf(id));
            await orders.Module.Deliver(new ShipmentDispatched(id, "T-2", [new("mug", 1)], [], Part: 2));
            await orders.Module.Deliver(new ParcelLost(id, parcel, [new("mug", 1)]));
        }

        Assert.Equal(["dispatched.part", "dispatched", "parcel-lost"], (await CodesOf(id))[4..]);
        Assert.Equal(new OrderPartLost(id, parcel, 4.99m, "GBP"), Assert.Single(await orders.Module.Published<OrderPartLost>(), told => told.OrderId == id));
        await orders.Tell(id, "ShipmentDelivered");
        Assert.Equal("completed", await orders.StatusOf(id));
    }

    [Fact]
    public async Task of_a_cancelled_order_a_lost_part_is_noted_only_since_all_of_it_is_given_back()
    {
        var id = await orders.AnOrder();
        await orders.Tell(id, "StockReserved", "PaymentCaptured", "ShipmentLost");

        await orders.Module.Deliver(new ParcelLost(id, Guid.CreateVersion7(), [new("mug", 1)]));

        Assert.Equal("parcel-lost", (await CodesOf(id))[^1]);
        Assert.Equal(0, await orders.Published<OrderPartLost>(told => told.OrderId, id));
    }

    private async Task<List<string>> CodesOf(Guid id)
    {
        using var http = orders.Module.AsOperator();
        var page = JsonElement.Parse(await http.GetStringAsync($"/v1/orders/{id}/history"));
        return [.. page.GetProperty("items").EnumerateArray().Select(entry => entry.GetProperty("code").GetString()!)];
    }
}
