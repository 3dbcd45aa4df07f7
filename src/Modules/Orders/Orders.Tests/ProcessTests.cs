using Billing.Contracts;
using Inventory.Contracts;
using Orders.Contracts;
using Shared.Testing;

namespace Orders.Tests;

/// <summary>What the other modules tell, on PostgreSQL: once, twice, early and late.</summary>
public sealed class ProcessTests(OrdersUnderTest orders) : IClassFixture<OrdersUnderTest>
{
    [Theory]
    [InlineData("StockReserved PaymentCaptured ShipmentDispatched ShipmentDelivered")]
    [InlineData("PaymentCaptured StockReserved ShipmentDelivered ShipmentDispatched")]
    public async Task an_order_is_completed_and_each_step_told_once(string arrival)
    {
        var id = await orders.AnOrder();

        // Each comes twice, as a message of its own and as a copy that the inbox refuses.
        foreach (var message in arrival.Split(' '))
        {
            var copy = Guid.CreateVersion7();
            await orders.Tell(id, message, copy);
            await orders.Tell(id, message, copy);
            await orders.Tell(id, message);
        }

        var order = await orders.Order(id);
        Assert.Equal(("completed", "T-1", 7), (order.GetProperty("status").GetString(), order.GetProperty("trackingNumber").GetString(), order.GetProperty("version").GetInt32()));
        Assert.Equal((1, 1), (await orders.Published<OrderConfirmed>(told => told.OrderId, id), await orders.Published<OrderCompleted>(told => told.OrderId, id)));
        Assert.Equal(0, await orders.Published<OrderCancelled>(told => told.OrderId, id));
        Assert.Equal([new OrderLine("mug", 2, 4.99m, 9.98m)], (await orders.Module.Published<OrderConfirmed>()).Single(told => told.OrderId == id).Lines);
    }

    [Theory]
    [InlineData("StockReserved PaymentDeferred")]
    [InlineData("PaymentDeferred StockReserved")]
    public async Task an_order_on_invoice_is_confirmed_once_without_its_money_and_paid_later(string arrival)
    {
        var id = await orders.AnOrder();

        foreach (var message in arrival.Split(' ')) await orders.Tell(id, message, message);
        Assert.Equal("confirmed", await orders.StatusOf(id));

        await orders.Tell(id, "ShipmentDelivered", "PaymentCaptured");
        Assert.Equal("completed", await orders.StatusOf(id));
        Assert.Equal(1, await orders.Published<OrderConfirmed>(told => told.OrderId, id));
        Assert.Equal(["completed", "confirmed", "delivered", "payment-captured", "payment-deferred", "placed", "stock-reserved"], (await orders.FactsOf(id)).Order());
    }

    [Fact]
    public async Task stock_and_money_that_come_at_the_same_time_confirm_the_order_once()
    {
        var ids = new List<Guid>();
        for (var i = 0; i < 5; i++) ids.Add(await orders.AnOrder());

        await Task.WhenAll(ids.SelectMany(id => new[] { orders.Tell(id, "StockReserved"), orders.Tell(id, "PaymentCaptured") }));

        foreach (var id in ids)
        {
            Assert.Equal("confirmed", await orders.StatusOf(id));
            Assert.Equal(1, await orders.Published<OrderConfirmed>(told => told.OrderId, id));
        }
    }

    [Theory]
    [InlineData("StockRejected", "stock.rejected")]
    [InlineData("PaymentDeclined", "payment.declined")]
    [InlineData("StockReserved PaymentDeclined", "payment.declined")]
    public async Task an_order_that_cannot_be_had_is_cancelled_once(string arrival, string reason)
    {
        var id = await orders.AnOrder();

        await orders.Tell(id, arrival.Split(' '));
        await orders.Tell(id, arrival.Split(' '));
        await orders.Tell(id, "StockReserved", "PaymentCaptured");

        Assert.Equal("cancelled", await orders.StatusOf(id));
        Assert.Equal(reason, Assert.Single(await orders.Module.Published<OrderCancelled>(), told => told.OrderId == id).Reason);
        Assert.Equal(0, await orders.Published<OrderConfirmed>(told => told.OrderId, id));
    }

    [Fact]
    public async Task a_refund_is_in_the_history_and_counted_once()
    {
        var id = await orders.AnOrder();
        await orders.Tell(id, "StockReserved", "PaymentDeclined", "PaymentCaptured", "PaymentRefunded", "PaymentRefunded");

        Assert.Equal(["placed", "stock-reserved", "cancelled", "payment-captured", "payment-refunded"], await orders.FactsOf(id));
        Assert.Equal(9.98m, (await orders.Order(id)).GetProperty("refunded").GetDecimal());
    }

    [Fact]
    public async Task what_cannot_be_is_a_dead_letter_and_changes_nothing()
    {
        var id = await orders.AnOrder();

        var faults = await Task.WhenAll(
            Assert.ThrowsAnyAsync<Exception>(() => orders.Tell(id, "ShipmentDispatched")),
            Assert.ThrowsAnyAsync<Exception>(() => orders.Tell(id, "ShipmentDelivered")),
            Assert.ThrowsAnyAsync<Exception>(() => orders.Tell(id, "ShipmentStopped")),
            Assert.ThrowsAnyAsync<Exception>(() => orders.Tell(Guid.CreateVersion7(), "StockReserved")));

        Assert.All(faults.Take(3), fault => Assert.Contains("RefusedException", fault.ToString()));
        Assert.Contains("NotFoundException", faults[3].ToString());
        Assert.Equal(["placed"], await orders.FactsOf(id));
    }

    [Theory]
    [InlineData("Orders:StockTimeout", "stock.timed-out")]
    [InlineData("Orders:PaymentTimeout", "payment.timed-out")]
    public async Task an_order_waits_for_its_stock_and_its_money_but_not_for_ever(string setting, string reason)
    {
        await using var module = await ModuleUnderTest.StartAsync(new OrdersModule(), new Dictionary<string, string?> { [setting] = "00:00:01" });
        var id = await OrdersUnderTest.AnOrder(module, orders.Customer);
        if (setting == "Orders:PaymentTimeout") await module.Deliver(new StockReserved(id));

        var told = await Eventually.Get(() => module.Published<OrderCancelled>(), told => told.Count > 0, "the order times out");

        Assert.Equal(new OrderCancelled(id, reason), Assert.Single(told));
        Assert.Equal("cancelled", await module.Query<string>("select status from mt_doc_order where id = $1", id));
    }

    [Theory]
    [InlineData("", OrderStep.Stock, "cancelled")]
    [InlineData("PaymentCaptured", OrderStep.Stock, "cancelled")]
    [InlineData("StockReserved", OrderStep.Stock, "reserved")]
    [InlineData("StockReserved", OrderStep.Payment, "cancelled")]
    [InlineData("StockReserved PaymentCaptured", OrderStep.Payment, "confirmed")]
    public async Task time_is_up_only_for_the_step_that_is_open_and_once(string before, string step, string status)
    {
        var id = await orders.AnOrder();
        await orders.Tell(id, before.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        await orders.Module.Deliver(new StepTimedOut(id, step));
        await orders.Module.Deliver(new StepTimedOut(id, step));

        Assert.Equal(status, await orders.StatusOf(id));
        Assert.Equal(status == "cancelled" ? 1 : 0, await orders.Published<OrderCancelled>(told => told.OrderId, id));
    }

    [Theory]
    [InlineData("StockReserved", "cancelled")]
    [InlineData("StockReserved PaymentCaptured", "confirmed")]
    [InlineData("StockReserved PaymentCaptured ShipmentDispatched ShipmentDelivered", "completed")]
    public async Task a_reservation_expires_only_for_an_order_that_is_not_confirmed_and_once(string before, string status)
    {
        var id = await orders.AnOrder();
        await orders.Tell(id, before.Split(' '));

        await orders.Tell(id, "ReservationExpired", "ReservationExpired");

        Assert.Equal(status, await orders.StatusOf(id));
        Assert.Equal(status == "cancelled" ? [new OrderCancelled(id, "stock.expired")] : [], (await orders.Module.Published<OrderCancelled>()).Where(told => told.OrderId == id));
    }

    [Fact]
    public async Task facts_are_read_by_their_stored_names_whatever_their_classes_are_called()
    {
        var id = await orders.AnOrder();
        await orders.Tell(id, "StockReserved");

        const string Rename = "with renamed as (update mt_events set mt_dotnet_type = 'Gone.Away, Nowhere' where stream_id = $1 returning 1) select count(*) from renamed";
        Assert.Equal(2, await orders.Module.Query<long>(Rename, id));

        await orders.Tell(id, "PaymentCaptured");
        Assert.Equal(["placed", "stock-reserved", "payment-captured", "confirmed"], await orders.FactsOf(id));
    }
}
