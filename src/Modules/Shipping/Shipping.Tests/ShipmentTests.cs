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
    public void a_dispatched_shipment_has_its_tracking_number()
    {
        var shipment = Sent(AShipment(), "T-1")!;

        Assert.Equal(("T-1", ShipmentState.Dispatched, Now), (shipment.TrackingNumber, shipment.State, shipment.DispatchedAt));
    }

    [Fact]
    public void a_parcel_without_a_number_is_being_booked_until_its_courier_answers()
    {
        var parcel = Guid.CreateVersion7();
        var booking = Sent(AShipment(), null, parcel)!;

        Assert.Equal((ShipmentState.Ready, true, null), (booking.State, IsBeingBooked(booking), booking.DispatchedAt));
        Assert.Null(Sent(booking, null));
        Assert.Equal((ShipmentState.Dispatched, "C-1", Now), (booking.Booked(parcel, "C-1", Now).State, booking.Booked(parcel, "C-1", Now).TrackingNumber, booking.Booked(parcel, "C-1", Now).DispatchedAt));
    }

    [Fact]
    public void what_the_courier_declines_is_still_to_be_sent()
    {
        var parcel = Guid.CreateVersion7();

        var declined = Sent(AShipment(), null, parcel)!.Decline(parcel, "Not there.");

        Assert.Equal((ShipmentState.Ready, false, "Not there."), (declined.State, IsBeingBooked(declined), declined.Parcels[0].Declined));
        Assert.True(IsBeingBooked(Sent(declined, null)!));
        Assert.Equal(ShipmentState.Dispatched, Sent(declined, "T-1")!.State);
    }

    [Fact]
    public void what_is_being_booked_is_given_up_for_a_number_or_a_cancellation()
    {
        var booking = Sent(AShipment(), null)!;

        Assert.Equal("T-1", Assert.Single(Sent(booking, "T-1")!.Parcels).TrackingNumber);
        Assert.Equal((ShipmentState.Stopped, 0), (booking.Stop(Now)!.State, booking.Stop(Now)!.Parcels.Count));
    }

    [Fact]
    public void the_shipment_s_number_is_that_of_the_parcel_that_left_last()
    {
        var booking = Guid.CreateVersion7();
        var both = AShipment().DispatchPart([new("mug", 1)], booking, null, "test", Now).DispatchPart(null, Guid.CreateVersion7(), "T-1", "manual", Now);
        Assert.Equal("T-1", both.TrackingNumber);

        Assert.Equal("C-2", both.Booked(booking, "C-2", Now.AddHours(1)).TrackingNumber);
    }

    [Fact]
    public void no_courier_takes_a_parcel_without_an_address()
    {
        var shipment = AShipment() with { To = null };

        Assert.Equal("shipment.no-address", Assert.Throws<RefusedException>(() => Sent(shipment, null)).Code);
        Assert.Equal("T-1", Sent(shipment, "T-1")!.TrackingNumber);
    }

    [Fact]
    public void a_shipment_is_dispatched_and_delivered_once()
    {
        var dispatched = Sent(AShipment(), "T-1")!;
        Assert.Null(Sent(dispatched, "T-2"));

        var delivered = dispatched.Deliver(Now)!;
        Assert.Equal((ShipmentState.Delivered, Now, Now), (delivered.State, delivered.DispatchedAt, delivered.DeliveredAt));
        Assert.Null(delivered.Deliver(Now));
        Assert.Null(Sent(delivered, "T-2"));
    }

    [Fact]
    public void a_shipment_is_stopped_until_it_is_dispatched()
    {
        var stopped = AShipment().Stop(Now)!;

        Assert.Equal((ShipmentState.Stopped, Now), (stopped.State, stopped.StoppedAt));
        Assert.Null(stopped.Stop(Now));
        Assert.Null(Sent(AShipment(), "T-1")!.Stop(Now));
        Assert.Null(Sent(AShipment(), "T-1")!.Deliver(Now)!.Stop(Now));
    }

    [Fact]
    public void a_stopped_shipment_is_neither_dispatched_nor_delivered()
    {
        var stopped = Shipment.Stopped(Guid.CreateVersion7(), Now);

        Assert.Equal("shipment.stopped", Assert.Throws<RefusedException>(() => Sent(stopped, "T-1")).Code);
        Assert.Equal("shipment.not-dispatched", Assert.Throws<RefusedException>(() => stopped.Deliver(Now)).Code);
    }

    [Fact]
    public void what_is_not_dispatched_cannot_be_delivered() =>
        Assert.Equal("shipment.not-dispatched", Assert.Throws<RefusedException>(() => AShipment().Deliver(Now)).Code);

    private static bool IsBeingBooked(Shipment shipment) => shipment.Parcels.Any(parcel => parcel.State == ParcelState.Booking);

    private static Shipment? Sent(Shipment shipment, string? number, Guid? parcel = null) => shipment.Dispatch(parcel ?? Guid.CreateVersion7(), number, "test", Now);

    private static Shipment AShipment() => Shipment.Ready(new OrderConfirmed(Guid.CreateVersion7(), Guid.CreateVersion7(), [new OrderLine("mug", 2, 4.99m, 9.98m)], "GB", ShippingUnderTest.Home), Now);
}
