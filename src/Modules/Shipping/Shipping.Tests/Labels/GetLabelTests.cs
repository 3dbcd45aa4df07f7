using System.Net;
using Orders.Contracts;
using Shared.Testing;
using static Shipping.Tests.ShippingUnderTest;

namespace Shipping.Tests;

public sealed class GetLabelTests(ShippingUnderTest shipping) : IClassFixture<ShippingUnderTest>
{
    [Fact]
    public async Task a_dispatched_parcel_has_a_label_that_runs_nothing()
    {
        var id = await shipping.AShipment(to: new DeliveryAddress("<script>alert(1)</script>", "1 Rue \"A\"", "75001", "Paris & more"));
        await shipping.Dispatch(id, "T<1>");

        var answer = await shipping.Get($"shipments/{id}/label");

        var page = await answer.Content.ReadAsStringAsync();
        Assert.Equal((HttpStatusCode.OK, "text/html; charset=utf-8"), (answer.StatusCode, answer.Content.Headers.ContentType!.ToString()));
        Assert.StartsWith("default-src 'none'; style-src 'sha256-", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Equal(("nosniff", true), (Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")), answer.Headers.CacheControl!.NoStore));
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        foreach (var text in new[] { "The &lt;Shop&gt;<br>1 High Street<br>N1 9GU London<br>GB", "&lt;script&gt;alert(1)&lt;/script&gt;<br>1 Rue &quot;A&quot;<br>75001 Paris &amp; more<br>GB", ">T&lt;1&gt;<", $">Order {id}<", "<svg" })
            Assert.Contains(text, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_label_needs_a_dispatched_parcel_and_an_address()
    {
        Guid ready = await shipping.AShipment(), stopped = await shipping.AShipment(), bare = Guid.CreateVersion7();
        await shipping.Module.Deliver(new OrderCancellationRequested(stopped));
        await shipping.Module.DeliverAsWritten<OrderConfirmed>($$"""{"orderId":"{{bare}}","customerId":"{{shipping.Customer}}","lines":[{"sku":"mug","quantity":2,"unitPrice":4.99,"amount":9.98}]}""");
        await shipping.Dispatch(bare);

        Assert.Equal((HttpStatusCode.Conflict, "shipment.not-dispatched"), await Problem(await shipping.Get($"shipments/{ready}/label")));
        Assert.Equal((HttpStatusCode.Conflict, "shipment.not-dispatched"), await Problem(await shipping.Get($"shipments/{stopped}/label")));
        Assert.Equal((HttpStatusCode.Conflict, "shipment.no-address"), await Problem(await shipping.Get($"shipments/{bare}/label")));
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await Problem(await shipping.Get($"shipments/{Guid.CreateVersion7()}/label")));
    }

    [Fact]
    public async Task each_part_has_a_label_of_its_own()
    {
        var id = await shipping.AShipment();
        await shipping.Part(id, "T-1", ("mug", 2));
        await shipping.Part(id, "T-2", ("jug", 1));

        foreach (var number in new[] { "T-1", "T-2" })
            Assert.Contains($">{number}<", await (await shipping.Get($"shipments/{id}/parcels/{await shipping.ParcelOf(id, number)}/label")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await Problem(await shipping.Get($"shipments/{id}/parcels/{id}/label")));
    }

    [Fact]
    public async Task labels_are_for_operators()
    {
        var id = await shipping.AShipment();
        var address = new Uri($"/v1/shipping/shipments/{id}/label", UriKind.Relative);
        using var customer = shipping.Module.As(shipping.Customer);
        using var anonymous = shipping.Module.Anonymous();

        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), await Problem(await customer.GetAsync(address)));
        Assert.Equal(HttpStatusCode.Unauthorized, (await anonymous.GetAsync(address)).StatusCode);
    }

    [Fact]
    public async Task a_shop_without_a_sender_s_address_prints_no_labels()
    {
        await using var module = await ModuleUnderTest.StartAsync(new ShippingModule());
        var id = Guid.CreateVersion7();
        await module.Deliver(new OrderConfirmed(id, Guid.CreateVersion7(), [], "GB", Home));
        using var http = module.AsOperator();
        await http.PostAsync(new Uri($"/v1/shipping/shipments/{id}/dispatch", UriKind.Relative), null);

        Assert.Equal((HttpStatusCode.Conflict, "shipping.no-sender"), await Problem(await http.GetAsync(new Uri($"/v1/shipping/shipments/{id}/label", UriKind.Relative))));
    }

    [Fact]
    public async Task a_shipment_keeps_where_it_goes_and_one_from_before_is_read_without()
    {
        Guid id = await shipping.AShipment(), before = await shipping.AShipmentFromBefore("dispatched");

        var (shipment, old) = (await shipping.Shipment(id), await shipping.Shipment(before));

        Assert.Equal(("GB", Home.Name, Home.City), (shipment.GetProperty("country").GetString(), shipment.GetProperty("to").GetProperty("name").GetString(), shipment.GetProperty("to").GetProperty("city").GetString()));
        Assert.Equal(("dispatched", "OLD-1", null), (old.GetProperty("state").GetString(), old.GetProperty("trackingNumber").GetString(), old.GetProperty("to").GetString()));
        Assert.Equal((HttpStatusCode.Conflict, "shipment.no-address"), await Problem(await shipping.Get($"shipments/{before}/label")));
        Assert.Equal("delivered", (await Json(await shipping.Deliver(before))).GetProperty("state").GetString());
    }
}
