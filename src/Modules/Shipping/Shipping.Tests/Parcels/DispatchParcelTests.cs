using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Orders.Contracts;
using Shipping.Contracts;
using static Shipping.Tests.ShippingUnderTest;

namespace Shipping.Tests;

/// <summary>An order of two mugs and a jug that is sent in parts.</summary>
public sealed class DispatchParcelTests(ShippingUnderTest shipping) : IClassFixture<ShippingUnderTest>
{
    [Fact]
    public async Task only_what_is_asked_for_goes_and_each_part_is_told_with_what_is_still_to_come()
    {
        var id = await shipping.AShipment();

        var first = await shipping.Part(id, "T-1", ("mug", 1));
        var second = await shipping.Part(id, "T-2", ("mug", 1), ("jug", 1));

        Assert.Equal((HttpStatusCode.Created, "partly-dispatched", "T-1"),
            (first.StatusCode, (await Json(first)).GetProperty("state").GetString(), (await Json(first)).GetProperty("parcel").GetProperty("trackingNumber").GetString()));
        Assert.Equal(["mug 1", "jug 1"], (await Json(first)).GetProperty("open").EnumerateArray().Select(line => $"{line.GetProperty("sku")} {line.GetProperty("quantity")}"));
        Assert.Equal((HttpStatusCode.Created, "dispatched", 0), (second.StatusCode, (await Json(second)).GetProperty("state").GetString(), (await Json(second)).GetProperty("open").GetArrayLength()));
        Assert.Equal("dispatched T-1, dispatched T-2", await shipping.Tracking(id));
        Assert.Equal(["1 T-1: mug 1; open mug 1, jug 1", "2 T-2: mug 1, jug 1; open "], await Told(id));
    }

    [Fact]
    public async Task without_lines_or_by_a_dispatch_of_the_whole_all_that_is_open_goes()
    {
        Guid bare = await shipping.AShipment(), whole = await shipping.AShipment();
        foreach (var id in new[] { bare, whole }) await shipping.Part(id, "T-1", ("jug", 1));

        Assert.Equal(HttpStatusCode.Created, (await shipping.Post($"shipments/{bare}/parcels", new { trackingNumber = "T-2" })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await shipping.Dispatch(whole, "T-2")).StatusCode);

        foreach (var id in new[] { bare, whole }) Assert.Equal(["1 T-1: jug 1; open mug 2", "2 T-2: mug 2; open "], await Told(id));
    }

    [Fact]
    public async Task a_repeated_request_sends_one_parcel_and_answers_the_same()
    {
        var (id, body) = (await shipping.AShipment(), new { lines = new[] { new { sku = "mug", quantity = 1 } } });

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => shipping.Post($"shipments/{id}/parcels", body, key: "once")));
        var other = await shipping.Post($"shipments/{id}/parcels", new { lines = new[] { new { sku = "mug", quantity = 2 } } }, key: "once");

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Created, answer.StatusCode));
        Assert.Single((await Task.WhenAll(answers.Select(answer => answer.Content.ReadAsStringAsync()))).Distinct());
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "idempotency-key.reused"), await Problem(other));
        Assert.Equal((1, 1), ((await shipping.Parcels(id)).Count, await shipping.Published<ShipmentDispatched>(told => told.OrderId, id)));
    }

    [Fact]
    public async Task operators_at_the_same_moment_never_send_more_than_was_ordered()
    {
        var id = await shipping.AShipment();

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => shipping.Part(id, $"R-{i}", ("mug", 1))));

        Assert.All(answers, answer => Assert.True(answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.Conflict));
        var sent = answers.Count(answer => answer.StatusCode == HttpStatusCode.Created);
        Assert.InRange(sent, 1, 2);
        Assert.Equal((sent, sent), ((await shipping.Parcels(id)).Count, await shipping.Published<ShipmentDispatched>(told => told.OrderId, id)));
    }

    [Fact]
    public async Task from_the_first_part_on_the_order_is_not_stopped_and_its_parts_arrive_one_by_one()
    {
        var id = await shipping.AShipment();
        await shipping.Part(id, "T-1", ("mug", 2));

        await shipping.Module.Deliver(new OrderCancellationRequested(id));
        await shipping.Post($"shipments/{id}/parcels/{await shipping.ParcelOf(id, "T-1")}/deliver");

        Assert.Equal("partly-dispatched", await shipping.StateOf(id));
        Assert.Equal((HttpStatusCode.Conflict, "shipment.partly-dispatched"), await Problem(await shipping.Deliver(id)));
        Assert.Equal((0, 0), (await shipping.Published<ShipmentStopped>(told => told.OrderId, id), await shipping.Published<ShipmentDelivered>(told => told.OrderId, id)));

        await shipping.Part(id, "T-2", ("jug", 1));
        await shipping.Deliver(id);
        Assert.Equal(("delivered", 1), (await shipping.StateOf(id), await shipping.Published<ShipmentDelivered>(told => told.OrderId, id)));
    }

    [Fact]
    public async Task what_is_not_open_is_refused_by_name_and_nothing_is_sent()
    {
        Guid id = await shipping.AShipment(), stopped = await shipping.AShipment();
        await shipping.Module.Deliver(new OrderCancellationRequested(stopped));

        var unknown = await shipping.Part(id, "T-1", ("mug", 1), ("cup", 1));
        var more = await shipping.Part(id, "T-1", ("mug", 3));

        Assert.Equal((HttpStatusCode.Conflict, "parcel.unknown-sku"), await Problem(unknown));
        Assert.Contains("'cup'", (await Json(unknown)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.Conflict, "parcel.more-than-open"), await Problem(more));
        Assert.Contains("'mug' (3 asked for, 2 open)", (await Json(more)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("ready", await shipping.StateOf(id));

        await shipping.Dispatch(id, "T-1");
        Assert.Equal((HttpStatusCode.Conflict, "shipment.nothing-open"), await Problem(await shipping.Part(id, "T-2", ("mug", 1))));
        Assert.Equal((HttpStatusCode.Conflict, "shipment.stopped"), await Problem(await shipping.Part(stopped, "T-1", ("mug", 1))));
    }

    [Theory]
    [InlineData("""{"lines":[]}""", "lines")]
    [InlineData("""{"lines":[null]}""", "lines[0]")]
    [InlineData("""{"lines":[{"sku":"mug","quantity":0}]}""", "lines[0].quantity")]
    [InlineData("""{"lines":[{"sku":" ","quantity":1}]}""", "lines[0].sku")]
    [InlineData("""{"lines":[{"sku":"mug","quantity":1},{"sku":"mug","quantity":1}]}""", "lines[1].sku")]
    [InlineData("""{"trackingNumber":""}""", "trackingNumber")]
    public async Task a_wrong_request_names_what_is_wrong(string body, string field)
    {
        var id = await shipping.AShipment();

        var answer = await shipping.Post($"shipments/{id}/parcels", JsonNode.Parse(body));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True((await Json(answer)).GetProperty("errors").TryGetProperty(field, out _));
        Assert.Equal("ready", await shipping.StateOf(id));
    }

    [Fact]
    public async Task a_part_is_sent_by_an_operator_with_a_key_and_must_be_of_a_shipment_that_is_there()
    {
        var id = await shipping.AShipment();
        var address = new Uri($"/v1/shipping/shipments/{id}/parcels", UriKind.Relative);
        using var customer = shipping.Module.As(shipping.Customer);
        using var anonymous = shipping.Module.Anonymous();
        using var keyless = shipping.Module.AsOperator();

        Assert.Equal(HttpStatusCode.Forbidden, (await customer.PostAsJsonAsync(address, new { })).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await anonymous.PostAsJsonAsync(address, new { })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await keyless.PostAsJsonAsync(address, new { })).StatusCode);
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await Problem(await shipping.Part(Guid.CreateVersion7(), "T-1", ("mug", 1))));
        Assert.Equal("ready", await shipping.StateOf(id));
    }

    /// <summary>What the others hear of the order's parcels.</summary>
    private async Task<IEnumerable<string>> Told(Guid id) => (await shipping.Module.Published<ShipmentDispatched>()).Where(told => told.OrderId == id).OrderBy(told => told.Part)
        .Select(told => $"{told.Part} {told.TrackingNumber}: {Named(told.Lines!)}; open {Named(told.Open!)}");

    private static string Named(IEnumerable<ParcelLine> lines) => string.Join(", ", lines.Select(line => $"{line.Sku} {line.Quantity}"));
}
