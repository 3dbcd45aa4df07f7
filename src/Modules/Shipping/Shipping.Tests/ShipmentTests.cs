using Orders.Contracts;
using Shared.Kernel;

namespace Shipping.Tests;

public sealed class ShipmentTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void a_confirmed_orders_lines_are_ready_to_be_sent()
    {
        var shipment = AShipment();

        Assert.Equal((ShipmentState.Ready, Now, "mug", 2), (shipment.State, shipment.ReadyAt, shipment.Lines[0].Sku, shipment.Lines[0].Quantity));
    }

    [Fact]
    public void a_dispatched_shipment_has_a_tracking_number_its_own_if_none_is_given()
    {
        Assert.Equal("T-1", AShipment().Dispatch("T-1", Now)!.TrackingNumber);

        var shipment = AShipment();
        Assert.Equal($"MOD-{shipment.Id:N}", shipment.Dispatch(null, Now)!.TrackingNumber, ignoreCase: true);
    }

    [Fact]
    public void a_shipment_is_dispatched_and_delivered_once()
    {
        var dispatched = AShipment().Dispatch("T-1", Now)!;
        Assert.Null(dispatched.Dispatch("T-2", Now));

        var delivered = dispatched.Deliver(Now)!;
        Assert.Equal((ShipmentState.Delivered, Now, Now), (delivered.State, delivered.DispatchedAt, delivered.DeliveredAt));
        Assert.Null(delivered.Deliver(Now));
        Assert.Null(delivered.Dispatch("T-2", Now));
    }

    [Fact]
    public void a_shipment_is_stopped_until_it_is_dispatched()
    {
        var stopped = AShipment().Stop(Now)!;

        Assert.Equal((ShipmentState.Stopped, Now), (stopped.State, stopped.StoppedAt));
        Assert.Null(stopped.Stop(Now));
        Assert.Null(AShipment().Dispatch("T-1", Now)!.Stop(Now));
        Assert.Null(AShipment().Dispatch("T-1", Now)!.Deliver(Now)!.Stop(Now));
    }

    [Fact]
    public void a_stopped_shipment_is_neither_dispatched_nor_delivered()
    {
        var stopped = Shipment.Stopped(Guid.CreateVersion7(), Now);

        Assert.Equal("shipment.stopped", Assert.Throws<RefusedException>(() => stopped.Dispatch("T-1", Now)).Code);
        Assert.Equal("shipment.not-dispatched", Assert.Throws<RefusedException>(() => stopped.Deliver(Now)).Code);
    }

    [Fact]
    public void what_is_not_dispatched_cannot_be_delivered() =>
        Assert.Equal("shipment.not-dispatched", Assert.Throws<RefusedException>(() => AShipment().Deliver(Now)).Code);

    private static Shipment AShipment() => Shipment.Ready(new OrderConfirmed(Guid.CreateVersion7(), Guid.CreateVersion7(), [new OrderLine("mug", 2, 4.99m, 9.98m)]), Now);
}
