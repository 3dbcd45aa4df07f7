using Orders.Contracts;
using Shipping.Contracts;

namespace Shipping.Tests;

/// <summary>What Orders tells: once, twice, early and late.</summary>
public sealed class OrderReactionTests(ShippingUnderTest shipping) : IClassFixture<ShippingUnderTest>
{
    [Fact]
    public async Task a_confirmed_order_makes_one_shipment_ready()
    {
        var id = await shipping.AShipment();
        await shipping.AShipment(id);

        var shipment = await shipping.Shipment(id);
        Assert.Equal(("ready", shipping.Customer), (shipment.GetProperty("state").GetString(), shipment.GetProperty("customerId").GetGuid()));
        Assert.Equal(2, shipment.GetProperty("lines").GetArrayLength());
        Assert.Equal(("mug", 2), (shipment.GetProperty("lines")[0].GetProperty("sku").GetString(), shipment.GetProperty("lines")[0].GetProperty("quantity").GetInt32()));
    }

    [Fact]
    public async Task a_confirmation_that_comes_again_does_not_bring_a_parcel_back()
    {
        var id = await shipping.AShipment();
        await shipping.Dispatch(id);

        await shipping.AShipment(id);

        Assert.Equal("dispatched", await shipping.StateOf(id));
    }

    [Fact]
    public async Task a_parcel_in_the_house_is_stopped_once()
    {
        var id = await shipping.AShipment();

        await shipping.Module.Deliver(new OrderCancellationRequested(id));
        await shipping.Module.Deliver(new OrderCancellationRequested(id));

        Assert.Equal("stopped", await shipping.StateOf(id));
        Assert.Equal(1, await shipping.Published<ShipmentStopped>(told => told.OrderId, id));
    }

    [Fact]
    public async Task a_cancellation_that_overtakes_the_confirmation_stops_what_is_not_there_yet()
    {
        var id = Guid.CreateVersion7();

        await shipping.Module.Deliver(new OrderCancellationRequested(id));
        await shipping.AShipment(id);

        Assert.Equal("stopped", await shipping.StateOf(id));
        Assert.Equal(1, await shipping.Published<ShipmentStopped>(told => told.OrderId, id));
    }

    [Fact]
    public async Task a_confirmation_and_a_cancellation_at_the_same_time_stop_the_parcel()
    {
        for (var i = 0; i < 5; i++)
        {
            var id = Guid.CreateVersion7();

            await Task.WhenAll(shipping.AShipment(id), shipping.Module.Deliver(new OrderCancellationRequested(id)));

            Assert.Equal("stopped", await shipping.StateOf(id));
            Assert.Equal(1, await shipping.Published<ShipmentStopped>(told => told.OrderId, id));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task a_parcel_that_has_left_the_house_is_not_stopped(bool delivered)
    {
        var id = await shipping.AShipment();
        await shipping.Dispatch(id);
        if (delivered) await shipping.Deliver(id);

        await shipping.Module.Deliver(new OrderCancellationRequested(id));

        Assert.Equal(delivered ? "delivered" : "dispatched", await shipping.StateOf(id));
        Assert.Equal(0, await shipping.Published<ShipmentStopped>(told => told.OrderId, id));
    }
}
