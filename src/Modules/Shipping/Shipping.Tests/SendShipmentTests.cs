using System.Net;
using System.Net.Http.Json;
using Orders.Contracts;
using Shipping.Contracts;
using static Shipping.Tests.ShippingUnderTest;

namespace Shipping.Tests;

/// <summary>Dispatching and delivering.</summary>
public sealed class SendShipmentTests(ShippingUnderTest shipping) : IClassFixture<ShippingUnderTest>
{
    [Fact]
    public async Task a_shipment_is_dispatched_once_and_answers_the_same_again()
    {
        var id = await shipping.AShipment();

        var first = await shipping.Dispatch(id, "T-1");
        var second = await shipping.Dispatch(id, "T-2");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        Assert.Equal(("dispatched", "T-1"), ((await Json(first)).GetProperty("state").GetString(), (await Json(first)).GetProperty("trackingNumber").GetString()));
        Assert.Equal("T-1", (await Json(second)).GetProperty("trackingNumber").GetString());
        Assert.Equal("T-1", Assert.Single(await shipping.Module.Published<ShipmentDispatched>(), told => told.OrderId == id).TrackingNumber);
    }

    [Fact]
    public async Task a_shipment_without_a_tracking_number_gets_one()
    {
        Guid bare = await shipping.AShipment(), empty = await shipping.AShipment();
        using var http = shipping.Module.AsOperator();

        var answers = new[] { await shipping.Dispatch(bare), await http.PostAsJsonAsync($"/v1/shipping/shipments/{empty}/dispatch", new { }) };

        foreach (var answer in answers) Assert.StartsWith("MOD-", (await Json(answer)).GetProperty("trackingNumber").GetString());
    }

    [Fact]
    public async Task a_shipment_is_delivered_once_and_answers_the_same_again()
    {
        var id = await shipping.AShipment();
        await shipping.Dispatch(id);

        var first = await shipping.Deliver(id);
        var second = await shipping.Deliver(id);
        var dispatch = await shipping.Dispatch(id);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, second.StatusCode, dispatch.StatusCode));
        Assert.Equal("delivered", (await Json(first)).GetProperty("state").GetString());
        Assert.Equal((await Json(first)).GetProperty("deliveredAt").GetDateTimeOffset(), (await Json(second)).GetProperty("deliveredAt").GetDateTimeOffset());
        Assert.Equal((1, 1), (await shipping.Published<ShipmentDispatched>(told => told.OrderId, id), await shipping.Published<ShipmentDelivered>(told => told.OrderId, id)));
    }

    [Fact]
    public async Task a_stopped_shipment_is_not_sent()
    {
        var id = await shipping.AShipment();
        await shipping.Module.Deliver(new OrderCancellationRequested(id));

        Assert.Equal((HttpStatusCode.Conflict, "shipment.stopped"), await Problem(await shipping.Dispatch(id)));
        Assert.Equal((HttpStatusCode.Conflict, "shipment.not-dispatched"), await Problem(await shipping.Deliver(id)));
        Assert.Equal(0, await shipping.Published<ShipmentDispatched>(told => told.OrderId, id));
    }

    [Fact]
    public async Task what_is_not_dispatched_cannot_be_delivered()
    {
        var id = await shipping.AShipment();

        Assert.Equal((HttpStatusCode.Conflict, "shipment.not-dispatched"), await Problem(await shipping.Deliver(id)));
        Assert.Equal("ready", await shipping.StateOf(id));
    }

    [Fact]
    public async Task of_a_dispatch_and_a_cancellation_at_the_same_time_one_wins()
    {
        for (var i = 0; i < 10; i++)
        {
            var id = await shipping.AShipment();

            var dispatch = shipping.Dispatch(id);
            await Task.WhenAll(dispatch, shipping.Module.Deliver(new OrderCancellationRequested(id)));

            var sent = (await dispatch).StatusCode == HttpStatusCode.OK;
            Assert.Equal(sent ? "dispatched" : "stopped", await shipping.StateOf(id));
            Assert.Equal(sent ? 1 : 0, await shipping.Published<ShipmentDispatched>(told => told.OrderId, id));
            Assert.Equal(sent ? 0 : 1, await shipping.Published<ShipmentStopped>(told => told.OrderId, id));
        }
    }

    [Fact]
    public async Task of_dispatches_at_the_same_time_one_is_told()
    {
        var id = await shipping.AShipment();

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => shipping.Dispatch(id)));

        Assert.All(answers, answer => Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Conflict));
        Assert.Contains(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal(1, await shipping.Published<ShipmentDispatched>(told => told.OrderId, id));
    }

    [Theory]
    [InlineData("dispatch")]
    [InlineData("deliver")]
    public async Task a_shipment_is_sent_by_an_operator_and_must_be_there(string what)
    {
        var id = await shipping.AShipment();
        using var customer = shipping.Module.As(shipping.Customer);
        using var http = shipping.Module.AsOperator();

        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), await Problem(await customer.PostAsync(Address(id), null)));
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await Problem(await http.PostAsync(Address(Guid.CreateVersion7()), null)));

        Uri Address(Guid order) => new($"/v1/shipping/shipments/{order}/{what}", UriKind.Relative);
    }

    [Fact]
    public async Task a_tracking_number_has_1_to_64_characters()
    {
        var id = await shipping.AShipment();

        foreach (var trackingNumber in new[] { "", " ", new string('x', 65), "a\nb" })
            Assert.Equal((HttpStatusCode.BadRequest, "invalid"), await Problem(await shipping.Dispatch(id, trackingNumber)));

        Assert.Equal("ready", await shipping.StateOf(id));
    }
}
