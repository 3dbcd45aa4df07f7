using System.Net;
using Shipping.Contracts;
using static Shipping.Tests.ShippingUnderTest;

namespace Shipping.Tests;

/// <summary>An order of two mugs and a jug, of which not all can be sent.</summary>
public sealed class GiveUpShipmentTests(ShippingUnderTest shipping) : IClassFixture<ShippingUnderTest>
{
    [Theory]
    [InlineData(true, "delivered", 1)]
    [InlineData(false, "dispatched", 0)]
    public async Task what_is_open_is_told_as_not_sent_once_and_the_shipment_ends_as_its_parcels_do(bool hasArrived, string state, int delivered)
    {
        var id = await shipping.AShipment();
        await shipping.Part(id, "T-1", ("mug", 2));
        if (hasArrived) await shipping.Post($"shipments/{id}/parcels/{await shipping.ParcelOf(id, "T-1")}/deliver");

        var first = await GiveUp(id);
        var second = await GiveUp(id);

        Assert.Equal((HttpStatusCode.OK, await first.Content.ReadAsStringAsync()), (first.StatusCode, await second.Content.ReadAsStringAsync()));
        Assert.Equal((state, 0), (await shipping.StateOf(id), (await Json(second)).GetProperty("open").GetArrayLength()));
        var told = Assert.Single(await shipping.Module.Published<PartDropped>(), told => told.OrderId == id);
        Assert.Equal((new ParcelLine("jug", 1), null), (Assert.Single(told.Lines), told.Again));
        Assert.Equal((delivered, 0, 0), (await shipping.Published<ShipmentDelivered>(told => told.OrderId, id), await shipping.Published<ShipmentLost>(told => told.OrderId, id), await shipping.Published<ParcelLost>(told => told.OrderId, id)));

        if (!hasArrived) Assert.Equal(HttpStatusCode.OK, (await shipping.Deliver(id)).StatusCode);
        Assert.Equal(("delivered", 1), (await shipping.StateOf(id), await shipping.Published<ShipmentDelivered>(told => told.OrderId, id)));
        foreach (var what in new[] { "deliver", "lost" }) Assert.Equal((HttpStatusCode.Conflict, "parcel.given-up"), await Problem(await shipping.Post($"shipments/{id}/parcels/{told.PartId}/{what}", what == "lost" ? new { outcome = "reship" } : null)));
    }

    [Fact]
    public async Task with_the_rest_lost_nothing_is_left_and_the_shipment_is()
    {
        var id = await shipping.AShipment();
        await shipping.Part(id, "T-1", ("mug", 2));
        await shipping.Post($"shipments/{id}/parcels/{await shipping.ParcelOf(id, "T-1")}/lost", new { outcome = "refund" });

        await GiveUp(id);

        Assert.Equal("lost", await shipping.StateOf(id));
        Assert.Equal((1, 1, 0), (await shipping.Published<PartDropped>(told => told.OrderId, id), await shipping.Published<ShipmentLost>(told => told.OrderId, id), await shipping.Published<ShipmentDelivered>(told => told.OrderId, id)));
        Assert.Equal(HttpStatusCode.OK, (await GiveUp(id)).StatusCode);
        Assert.Equal(1, await shipping.Published<ShipmentLost>(told => told.OrderId, id));
    }

    [Fact]
    public async Task only_of_what_has_left_in_part_can_the_rest_be_given_up()
    {
        var (ready, sent, stopped) = (await shipping.AShipment(), await shipping.AShipment(), await shipping.AShipment());
        await shipping.Dispatch(sent, "T-1");
        await shipping.Module.Deliver(new Orders.Contracts.OrderCancellationRequested(stopped));
        using var customer = shipping.Module.As(shipping.Customer);
        using var anybody = shipping.Module.Anonymous();

        Assert.Equal((HttpStatusCode.Conflict, "shipment.nothing-sent"), await Problem(await GiveUp(ready)));
        Assert.Equal((HttpStatusCode.Conflict, "shipment.nothing-open"), await Problem(await GiveUp(sent)));
        Assert.Equal((HttpStatusCode.Conflict, "shipment.stopped"), await Problem(await GiveUp(stopped)));
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await Problem(await GiveUp(Guid.CreateVersion7())));
        Assert.Equal(HttpStatusCode.Forbidden, (await customer.PostAsync(new Uri($"/v1/shipping/shipments/{ready}/give-up", UriKind.Relative), null)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await anybody.PostAsync(new Uri($"/v1/shipping/shipments/{ready}/give-up", UriKind.Relative), null)).StatusCode);
    }

    private Task<HttpResponseMessage> GiveUp(Guid id) => shipping.Post($"shipments/{id}/give-up");
}

/// <summary>The same, with a courier that declines.</summary>
public sealed class GiveUpReshipmentTests(ShippingByTestCourier shipping) : IClassFixture<ShippingByTestCourier>
{
    [Fact]
    public async Task a_lost_parcel_that_no_courier_takes_again_is_given_up_as_what_had_left_before()
    {
        var id = await shipping.AShipment(to: Home with { PostalCode = "TEST-NOT-SERVED" });
        await shipping.Part(id, "T-1", ("mug", 2));
        await shipping.Part(id, "T-2", ("jug", 1));
        await shipping.Post($"shipments/{id}/parcels/{await shipping.ParcelOf(id, "T-1")}/lost", new { outcome = "reship" });
        await shipping.Module.AtRest();
        await shipping.Post($"shipments/{id}/parcels/{await shipping.ParcelOf(id, "T-2")}/deliver");

        Assert.Equal(HttpStatusCode.OK, (await shipping.Post($"shipments/{id}/give-up")).StatusCode);

        Assert.Equal("delivered", await shipping.StateOf(id));
        var told = Assert.Single(await shipping.Module.Published<PartDropped>(), told => told.OrderId == id);
        Assert.Equal((new ParcelLine("mug", 2), new ParcelLine("mug", 2)), (Assert.Single(told.Lines), Assert.Single(told.Again!)));
    }
}
