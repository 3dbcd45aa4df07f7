using System.Net;
using Orders.Contracts;
using Shipping.Contracts;
using static Shipping.Tests.ShippingUnderTest;

namespace Shipping.Tests;

/// <summary>Dispatching by a courier that must be asked. Nothing is lost if its answer is: dying between answer and commit looks the same from here.</summary>
public sealed class BookParcelTests(ShippingByTestCourier shipping) : IClassFixture<ShippingByTestCourier>
{
    [Fact]
    public async Task a_dispatch_without_a_number_books_one_parcel_and_tells_its_number()
    {
        var id = await shipping.AShipment();

        var first = await shipping.Dispatch(id);
        await shipping.Module.AtRest();
        var second = await shipping.Dispatch(id);

        Assert.Equal((HttpStatusCode.Accepted, "ready", null), (first.StatusCode, (await Json(first)).GetProperty("state").GetString(), (await Json(first)).GetProperty("trackingNumber").GetString()));
        Assert.Equal((HttpStatusCode.OK, "dispatched"), (second.StatusCode, (await Json(second)).GetProperty("state").GetString()));
        Assert.Equal(await Booked(id), (await Json(second)).GetProperty("trackingNumber").GetString());
        Assert.Equal(await Booked(id), Assert.Single(await shipping.Module.Published<ShipmentDispatched>(), told => told.OrderId == id).TrackingNumber);
    }

    [Fact]
    public async Task an_operator_s_number_needs_no_booking()
    {
        var id = await shipping.AShipment();

        var answer = await shipping.Dispatch(id, "T-1");

        Assert.Equal((HttpStatusCode.OK, "T-1"), (answer.StatusCode, (await Json(answer)).GetProperty("trackingNumber").GetString()));
        Assert.Equal("manual", await ParcelOf(id, "courier"));
    }

    [Theory]
    [InlineData("TEST-LOST-ANSWER")]
    [InlineData("TEST-TIMES-OUT")]
    public async Task a_courier_that_does_not_answer_is_asked_again_and_books_once(string postalCode)
    {
        var id = await shipping.AShipment(to: Home with { PostalCode = postalCode });

        await shipping.Dispatch(id);
        await shipping.Module.AtRest();

        Assert.Equal(await Booked(id), Assert.Single(await shipping.Module.Published<ShipmentDispatched>(), told => told.OrderId == id).TrackingNumber);
        Assert.Equal(2, await shipping.Module.Query<int>("select requests from test_courier where tracking_number = $1", await Booked(id)));
    }

    [Fact]
    public async Task what_the_courier_declines_stays_in_the_house_until_somebody_else_takes_it()
    {
        var id = await shipping.AShipment(to: Home with { PostalCode = "TEST-NOT-SERVED" });

        await shipping.Dispatch(id);
        await shipping.Module.AtRest();

        Assert.Equal(("ready", "The address in GB is not served."), (await shipping.StateOf(id), await ParcelOf(id, "declined")));
        Assert.Equal(0, await shipping.Published<ShipmentDispatched>(told => told.OrderId, id));
        Assert.Equal(HttpStatusCode.OK, (await shipping.Dispatch(id, "T-2")).StatusCode);
        Assert.Equal(1, await shipping.Published<ShipmentDispatched>(told => told.OrderId, id));
    }

    [Fact]
    public async Task an_order_called_off_while_the_courier_is_asked_is_called_off_there_too()
    {
        var id = await shipping.AShipment();
        string parcel;
        await using (await shipping.TheCourierIsSlow())
        {
            await shipping.DispatchAndAwaitTheQuestion(id);
            Assert.Equal(0, await shipping.SessionsThat("state = 'idle in transaction'"));
            parcel = await ParcelOf(id, "id");

            await shipping.Module.Deliver(new OrderCancellationRequested(id));
        }

        await shipping.Module.AtRest();
        Assert.Equal("stopped", await shipping.StateOf(id));
        Assert.Equal((0, 1), (await shipping.Published<ShipmentDispatched>(told => told.OrderId, id), await shipping.Published<ShipmentStopped>(told => told.OrderId, id)));
        Assert.True(await IsCalledOff(parcel));
    }

    [Fact]
    public async Task a_number_typed_while_the_courier_is_asked_takes_the_booking_s_place()
    {
        var id = await shipping.AShipment();
        string parcel;
        await using (await shipping.TheCourierIsSlow())
        {
            await shipping.DispatchAndAwaitTheQuestion(id);
            Assert.Equal(HttpStatusCode.Accepted, (await shipping.Dispatch(id)).StatusCode);
            parcel = await ParcelOf(id, "id");

            Assert.Equal(HttpStatusCode.OK, (await shipping.Dispatch(id, "T-3")).StatusCode);
        }

        Assert.Equal("T-3", Assert.Single(await shipping.Module.Published<ShipmentDispatched>(), told => told.OrderId == id).TrackingNumber);
        Assert.True(await IsCalledOff(parcel));
    }

    [Fact]
    public async Task a_lost_parcel_s_goods_are_booked_anew()
    {
        var id = await shipping.AShipment();
        await shipping.Dispatch(id, "T-5");

        var answer = await shipping.Post($"shipments/{id}/parcels/{await shipping.ParcelOf(id)}/lost", new { outcome = "reship" });
        await shipping.Module.AtRest();

        Assert.Equal((HttpStatusCode.OK, "partly-dispatched"), (answer.StatusCode, (await Json(answer)).GetProperty("state").GetString()));
        Assert.Equal(("dispatched", $"lost T-5, dispatched {await Booked(id)}"), (await shipping.StateOf(id), await shipping.Tracking(id)));
        Assert.Equal([(1, "T-5"), (2, await Booked(id))], (await shipping.Module.Published<ShipmentDispatched>()).Where(told => told.OrderId == id).OrderBy(told => told.Part).Select(told => (told.Part, told.TrackingNumber)));
    }

    [Fact]
    public async Task a_part_is_booked_by_itself_and_told_with_what_is_still_to_come()
    {
        var id = await shipping.AShipment();

        var answer = await shipping.Part(id, null, ("jug", 1));
        await shipping.Module.AtRest();

        Assert.Equal((HttpStatusCode.Accepted, "booking"), (answer.StatusCode, (await Json(answer)).GetProperty("parcel").GetProperty("state").GetString()));
        Assert.Equal(("partly-dispatched", $"dispatched {await Booked(id)}"), (await shipping.StateOf(id), await shipping.Tracking(id)));
        var told = Assert.Single(await shipping.Module.Published<ShipmentDispatched>(), told => told.OrderId == id);
        Assert.Equal((new ParcelLine("jug", 1), new ParcelLine("mug", 2), 1), (Assert.Single(told.Lines!), Assert.Single(told.Open!), told.Part));
    }

    [Fact]
    public async Task no_courier_is_asked_to_take_a_parcel_without_an_address()
    {
        var id = await shipping.AShipmentFromBefore("ready");

        Assert.Equal((HttpStatusCode.Conflict, "shipment.no-address"), await Problem(await shipping.Dispatch(id)));
        Assert.Equal(HttpStatusCode.OK, (await shipping.Dispatch(id, "T-4")).StatusCode);
    }

    /// <summary>The one number that the courier's own book has for the order's parcels.</summary>
    private Task<string> Booked(Guid id) => shipping.Module.Query<string>(
        "select tracking_number from test_courier join mt_doc_shipment on mt_doc_shipment.id = $1 and exists (select from jsonb_array_elements(data->'parcels') parcel where (parcel->>'id')::uuid = parcel_id)", id);

    private Task<string> ParcelOf(Guid id, string property) => shipping.Module.Query<string>("select data->'parcels'->0->>$2 from mt_doc_shipment where id = $1", id, property);

    private Task<bool> IsCalledOff(string parcel) => shipping.Module.Query<bool>("select called_off from test_courier where parcel_id = $1", Guid.Parse(parcel));
}
