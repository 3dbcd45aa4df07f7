using System.Net;
using System.Text.Json;
using Shipping.Contracts;
using static Shipping.Tests.ShippingUnderTest;

namespace Shipping.Tests;

public sealed class TrackingTests(ShippingUnderTest shipping) : IClassFixture<ShippingUnderTest>
{
    [Fact]
    public async Task a_customer_follows_their_own_parcels_only()
    {
        var id = await shipping.AShipment();
        await shipping.Dispatch(id, "T-1");
        var address = new Uri($"/v1/shipping/shipments/{id}/tracking", UriKind.Relative);
        using var customer = shipping.Module.As(shipping.Customer);
        using var stranger = shipping.Module.As(Guid.CreateVersion7());
        using var anonymous = shipping.Module.Anonymous();

        var shown = await Json(await customer.GetAsync(address));

        Assert.Equal((id, "dispatched"), (shown.GetProperty("orderId").GetGuid(), shown.GetProperty("state").GetString()));
        var parcel = Assert.Single(shown.GetProperty("parcels").EnumerateArray());
        Assert.Equal(("dispatched", "T-1", "manual", 2), (parcel.GetProperty("state").GetString(), parcel.GetProperty("trackingNumber").GetString(), parcel.GetProperty("courier").GetString(), parcel.GetProperty("lines").GetArrayLength()));
        Assert.NotEqual(JsonValueKind.Null, parcel.GetProperty("dispatchedAt").ValueKind);
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await Problem(await stranger.GetAsync(address)));
        Assert.Equal(HttpStatusCode.Unauthorized, (await anonymous.GetAsync(address)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await shipping.Get($"shipments/{id}/tracking")).StatusCode);
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await Problem(await shipping.Get($"shipments/{Guid.CreateVersion7()}/tracking")));
    }

    [Fact]
    public async Task a_parcel_that_arrives_delivers_its_shipment_once()
    {
        var id = await shipping.AShipment();
        await shipping.Dispatch(id, "T-2");
        var parcel = await shipping.ParcelOf(id);

        var first = await shipping.Post($"shipments/{id}/parcels/{parcel}/deliver");
        var second = await shipping.Post($"shipments/{id}/parcels/{parcel}/deliver");
        await shipping.Deliver(id);

        Assert.Equal((HttpStatusCode.OK, "delivered"), (first.StatusCode, (await Json(first)).GetProperty("state").GetString()));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal(("delivered", "delivered T-2", 1), (await shipping.StateOf(id), await shipping.Tracking(id), await shipping.Published<ShipmentDelivered>(told => told.OrderId, id)));
    }

    [Fact]
    public async Task a_parcel_is_delivered_by_an_operator_and_must_be_there()
    {
        Guid ready = await shipping.AShipment(), sent = await shipping.AShipment();
        await shipping.Dispatch(sent);
        var parcel = await shipping.ParcelOf(sent);
        using var customer = shipping.Module.As(shipping.Customer);

        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), await Problem(await customer.PostAsync(new Uri($"/v1/shipping/shipments/{sent}/parcels/{parcel}/deliver", UriKind.Relative), null)));
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await Problem(await shipping.Post($"shipments/{ready}/parcels/{parcel}/deliver")));
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await Problem(await shipping.Post($"shipments/{Guid.CreateVersion7()}/parcels/{parcel}/deliver")));
        Assert.Equal("dispatched", await shipping.StateOf(sent));
    }

    [Theory]
    [InlineData("ready", "")]
    [InlineData("dispatched", "dispatched OLD-1")]
    [InlineData("delivered", "delivered OLD-1")]
    public async Task what_the_version_before_sent_was_one_parcel(string state, string parcels)
    {
        var id = await shipping.AShipmentFromBefore(state);

        Assert.Equal(parcels, await shipping.Tracking(id));

        await shipping.Dispatch(id, "T-3");
        var parcel = await shipping.ParcelOf(id);
        Assert.Equal(HttpStatusCode.OK, (await shipping.Post($"shipments/{id}/parcels/{parcel}/deliver")).StatusCode);
        Assert.Equal("delivered", await shipping.StateOf(id));
        Assert.Equal(2, (await shipping.Parcels(id))[0].GetProperty("lines").GetArrayLength());
    }

    [Fact]
    public async Task the_version_before_finds_what_it_knows_in_a_document_of_this_one()
    {
        var id = await shipping.AShipment();
        await shipping.Dispatch(id, "T-4");
        await shipping.Deliver(id);

        var document = JsonElement.Parse(await shipping.Module.Query<string>("select data::text from mt_doc_shipment where id = $1 and state = 'delivered'", id));

        Assert.Equal(("delivered", "T-4"), (document.GetProperty("state").GetString(), document.GetProperty("trackingNumber").GetString()));
        foreach (var time in new[] { "readyAt", "dispatchedAt", "deliveredAt" }) Assert.NotEqual(default, document.GetProperty(time).GetDateTimeOffset());
        Assert.Equal(("mug", 2), (document.GetProperty("lines")[0].GetProperty("sku").GetString(), document.GetProperty("lines")[0].GetProperty("quantity").GetInt32()));
    }
}
