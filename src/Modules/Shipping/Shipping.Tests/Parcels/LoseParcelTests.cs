using System.Net;
using Orders.Contracts;
using Shipping.Contracts;
using static Shipping.Tests.ShippingUnderTest;

namespace Shipping.Tests;

public sealed class LoseParcelTests(ShippingUnderTest shipping) : IClassFixture<ShippingUnderTest>
{
    [Fact]
    public async Task a_lost_parcel_s_goods_are_sent_again_once_and_the_lost_one_stays_shown()
    {
        var (id, parcel) = await ASentParcel("T-1");

        var first = await Lose(id, parcel, "reship", "T-2");
        var second = await Lose(id, parcel, "reship", "T-3");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal(("dispatched", "lost T-1, dispatched T-2"), (await shipping.StateOf(id), await shipping.Tracking(id)));

        await shipping.Deliver(id);
        Assert.Equal(("delivered", "lost T-1, delivered T-2"), (await shipping.StateOf(id), await shipping.Tracking(id)));
        Assert.Equal([(1, "T-1"), (2, "T-2")], (await shipping.Module.Published<ShipmentDispatched>()).Where(told => told.OrderId == id).OrderBy(told => told.Part).Select(told => (told.Part, told.TrackingNumber)));
        Assert.Equal((1, 0), (await shipping.Published<ShipmentDelivered>(told => told.OrderId, id), await shipping.Published<ShipmentLost>(told => told.OrderId, id)));
    }

    [Fact]
    public async Task a_refund_gives_the_shipment_up_and_tells_it_once()
    {
        var (id, parcel) = await ASentParcel("T-1");

        await Lose(id, parcel, "refund");
        await Lose(id, parcel, "refund");
        await shipping.Module.Deliver(new OrderCancellationRequested(id));

        Assert.Equal(("lost", "lost T-1"), (await shipping.StateOf(id), await shipping.Tracking(id)));
        Assert.Equal((1, 0), (await shipping.Published<ShipmentLost>(told => told.OrderId, id), await shipping.Published<ShipmentStopped>(told => told.OrderId, id)));
        Assert.Equal((HttpStatusCode.Conflict, "shipment.lost"), await Problem(await shipping.Dispatch(id, "T-2")));
        Assert.Equal((HttpStatusCode.Conflict, "shipment.not-dispatched"), await Problem(await shipping.Deliver(id)));
        Assert.Equal((HttpStatusCode.Conflict, "parcel.given-up"), await Problem(await shipping.Post($"shipments/{id}/parcels/{parcel}/deliver")));
        Assert.Equal((HttpStatusCode.Conflict, "parcel.given-up"), await Problem(await Lose(id, parcel, "reship")));
    }

    [Fact]
    public async Task a_parcel_that_is_only_reported_lost_may_turn_up()
    {
        var (id, parcel) = await ASentParcel("T-1");

        await Lose(id, parcel);
        await Lose(id, parcel);
        Assert.Equal(("dispatched", "lost T-1"), (await shipping.StateOf(id), await shipping.Tracking(id)));

        await shipping.Post($"shipments/{id}/parcels/{parcel}/deliver");
        Assert.Equal(("delivered", "delivered T-1"), (await shipping.StateOf(id), await shipping.Tracking(id)));
        foreach (var outcome in new[] { null, "reship", "refund" }) Assert.Equal((HttpStatusCode.Conflict, "parcel.delivered"), await Problem(await Lose(id, parcel, outcome)));
        Assert.Equal(0, await shipping.Published<ShipmentLost>(told => told.OrderId, id));
    }

    [Theory]
    [InlineData("reship")]
    [InlineData("refund")]
    public async Task what_is_reported_lost_may_be_decided_later_also_of_the_version_before(string outcome)
    {
        var id = await shipping.AShipmentFromBefore("dispatched");
        var parcel = await shipping.ParcelOf(id);

        await Lose(id, parcel);
        await Lose(id, parcel, outcome, outcome == "reship" ? "T-9" : null);

        Assert.Equal(outcome == "reship" ? "lost OLD-1, dispatched T-9" : "lost OLD-1", await shipping.Tracking(id));
        Assert.Equal(outcome == "reship" ? 0 : 1, await shipping.Published<ShipmentLost>(told => told.OrderId, id));
    }

    [Fact]
    public async Task of_a_loss_and_a_delivery_at_the_same_time_one_wins()
    {
        for (var i = 0; i < 8; i++)
        {
            var (id, parcel) = await ASentParcel("T-1");

            var (lost, delivered) = (Lose(id, parcel, "refund"), shipping.Deliver(id));
            await Task.WhenAll(lost, delivered);

            var isLost = (await lost).StatusCode == HttpStatusCode.OK;
            Assert.NotEqual((await lost).StatusCode, (await delivered).StatusCode);
            Assert.Equal(isLost ? "lost" : "delivered", await shipping.StateOf(id));
            Assert.Equal((isLost ? 1 : 0, isLost ? 0 : 1), (await shipping.Published<ShipmentLost>(told => told.OrderId, id), await shipping.Published<ShipmentDelivered>(told => told.OrderId, id)));
        }
    }

    [Fact]
    public async Task of_decisions_at_the_same_time_one_wins()
    {
        var (id, parcel) = await ASentParcel("T-1");

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => i % 2 == 0 ? Lose(id, parcel, "refund") : Lose(id, parcel, "reship", $"R-{i}")));

        Assert.All(answers, answer => Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Conflict));
        var isLost = await shipping.StateOf(id) == "lost";
        Assert.Equal((isLost ? 1 : 2, isLost ? 1 : 0), ((await shipping.Parcels(id)).Count, await shipping.Published<ShipmentLost>(told => told.OrderId, id)));
    }

    [Fact]
    public async Task of_an_order_in_parts_only_the_lost_part_is_given_up_and_what_arrives_completes_it()
    {
        var id = await shipping.AShipment();
        await shipping.Part(id, "T-1", ("mug", 1));
        await shipping.Part(id, "T-2", ("mug", 1), ("jug", 1));
        var lost = await shipping.ParcelOf(id, "T-1");

        var first = await Lose(id, lost, "refund");
        var second = await Lose(id, lost, "refund");

        Assert.Equal((HttpStatusCode.OK, await first.Content.ReadAsStringAsync()), (first.StatusCode, await second.Content.ReadAsStringAsync()));
        Assert.Equal(("dispatched", "lost T-1, dispatched T-2"), (await shipping.StateOf(id), await shipping.Tracking(id)));
        var told = Assert.Single(await shipping.Module.Published<ParcelLost>(), told => told.OrderId == id);
        Assert.Equal((lost, new ParcelLine("mug", 1)), (told.ParcelId, Assert.Single(told.Lines)));

        await shipping.Deliver(id);
        Assert.Equal(("delivered", "lost T-1, delivered T-2"), (await shipping.StateOf(id), await shipping.Tracking(id)));
        Assert.Equal((0, 1), (await shipping.Published<ShipmentLost>(told => told.OrderId, id), await shipping.Published<ShipmentDelivered>(told => told.OrderId, id)));
    }

    [Theory]
    [InlineData("deliver", "delivered", 1, 1, 0)]
    [InlineData("lost", "lost", 1, 0, 1)]
    public async Task the_last_part_s_loss_ends_the_shipment_as_what_became_of_the_others(string first, string state, int partsLost, int delivered, int lost)
    {
        var id = await shipping.AShipment();
        await shipping.Part(id, "T-1", ("mug", 2));
        Assert.Equal("partly-dispatched", await shipping.StateOf(id));
        await shipping.Post($"shipments/{id}/parcels/{await shipping.ParcelOf(id, "T-1")}/{first}", first == "lost" ? new { outcome = "refund" } : null);
        await shipping.Part(id, "T-2", ("jug", 1));

        Assert.Equal(HttpStatusCode.OK, (await Lose(id, await shipping.ParcelOf(id, "T-2"), "refund")).StatusCode);

        Assert.Equal(state, await shipping.StateOf(id));
        Assert.Equal((partsLost, delivered, lost), (await shipping.Published<ParcelLost>(told => told.OrderId, id), await shipping.Published<ShipmentDelivered>(told => told.OrderId, id), await shipping.Published<ShipmentLost>(told => told.OrderId, id)));
    }

    [Fact]
    public async Task of_several_parcels_one_that_is_reported_lost_is_not_delivered_with_the_others()
    {
        var id = await shipping.AShipment();
        await shipping.Part(id, "T-1", ("mug", 2));
        await shipping.Part(id, "T-2", ("jug", 1));
        var lost = await shipping.ParcelOf(id, "T-1");
        await Lose(id, lost);

        Assert.Equal((HttpStatusCode.Conflict, "shipment.parcel-lost"), await Problem(await shipping.Deliver(id)));
        Assert.Equal("lost T-1, dispatched T-2", await shipping.Tracking(id));

        await shipping.Post($"shipments/{id}/parcels/{await shipping.ParcelOf(id, "T-2")}/deliver");
        Assert.Equal(HttpStatusCode.OK, (await Lose(id, lost, "refund")).StatusCode);
        Assert.Equal("delivered", await shipping.StateOf(id));
    }

    [Fact]
    public async Task what_is_sent_again_is_told_as_such()
    {
        var id = await shipping.AShipment();
        await shipping.Part(id, "T-1", ("mug", 1));

        await Lose(id, await shipping.ParcelOf(id, "T-1"), "reship", "T-2");
        await shipping.Part(id, "T-3", ("mug", 1), ("jug", 1));

        var told = (await shipping.Module.Published<ShipmentDispatched>()).Where(told => told.OrderId == id).ToDictionary(told => told.Part);
        Assert.Equal(new ParcelLine("mug", 1), Assert.Single(told[2].Again!));
        Assert.Equal((null, null), (told[1].Again, told[3].Again));
    }

    [Fact]
    public async Task a_new_parcel_has_a_new_number()
    {
        var (id, parcel) = await ASentParcel("T-1");

        Assert.Equal((HttpStatusCode.Conflict, "parcel.number-taken"), await Problem(await Lose(id, parcel, "reship", "T-1")));
        Assert.Equal("dispatched T-1", await shipping.Tracking(id));
    }

    [Theory]
    [InlineData("forget", null)]
    [InlineData("refund", "T-2")]
    [InlineData(null, "T-2")]
    [InlineData("reship", "")]
    public async Task a_decision_that_cannot_be_is_refused_with_the_rule(string? outcome, string? number)
    {
        var (id, parcel) = await ASentParcel("T-1");

        Assert.Equal((HttpStatusCode.BadRequest, "invalid"), await Problem(await Lose(id, parcel, outcome, number)));
        Assert.Equal("dispatched T-1", await shipping.Tracking(id));
    }

    [Fact]
    public async Task a_loss_is_reported_by_an_operator_of_a_parcel_that_is_there()
    {
        var (id, parcel) = await ASentParcel("T-1");
        using var customer = shipping.Module.As(shipping.Customer);

        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), await Problem(await customer.PostAsync(new Uri($"/v1/shipping/shipments/{id}/parcels/{parcel}/lost", UriKind.Relative), null)));
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await Problem(await Lose(id, Guid.CreateVersion7(), "refund")));
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await Problem(await Lose(Guid.CreateVersion7(), parcel, "refund")));
    }

    private async Task<(Guid Order, Guid Parcel)> ASentParcel(string number)
    {
        var id = await shipping.AShipment();
        await shipping.Dispatch(id, number);
        return (id, await shipping.ParcelOf(id));
    }

    private Task<HttpResponseMessage> Lose(Guid id, Guid parcel, string? outcome = null, string? trackingNumber = null) => shipping.Post($"shipments/{id}/parcels/{parcel}/lost", new { outcome, trackingNumber });
}
