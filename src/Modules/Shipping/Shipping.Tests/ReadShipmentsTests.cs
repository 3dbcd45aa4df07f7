using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Orders.Contracts;
using static Shipping.Tests.ShippingUnderTest;

namespace Shipping.Tests;

/// <summary>One shipment, and lists of them.</summary>
public sealed class ReadShipmentsTests(ShippingUnderTest shipping) : IClassFixture<ShippingUnderTest>
{
    [Fact]
    public async Task a_customer_reads_the_shipment_of_their_order_only()
    {
        var id = await shipping.AShipment();
        using var customer = shipping.Module.As(shipping.Customer);
        using var stranger = shipping.Module.As(Guid.CreateVersion7());
        using var anonymous = shipping.Module.Anonymous();
        var address = new Uri($"/v1/shipping/shipments/{id}", UriKind.Relative);

        Assert.Equal("ready", (await Json(await customer.GetAsync(address))).GetProperty("state").GetString());
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await Problem(await stranger.GetAsync(address)));
        Assert.Equal(HttpStatusCode.Unauthorized, (await anonymous.GetAsync(address)).StatusCode);
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await Problem(await customer.GetAsync(new Uri($"/v1/shipping/shipments/{Guid.CreateVersion7()}", UriKind.Relative))));
    }

    [Fact]
    public async Task a_shipment_whose_customer_is_unknown_is_for_operators()
    {
        var id = Guid.CreateVersion7();
        await shipping.Module.Deliver(new OrderCancellationRequested(id));
        using var customer = shipping.Module.As(shipping.Customer);

        Assert.Equal(HttpStatusCode.NotFound, (await customer.GetAsync(new Uri($"/v1/shipping/shipments/{id}", UriKind.Relative))).StatusCode);
        Assert.Equal(JsonValueKind.Null, (await shipping.Shipment(id)).GetProperty("customerId").ValueKind);
    }

    [Fact]
    public async Task an_operator_lists_shipments_in_a_state_oldest_order_first_page_by_page()
    {
        var ready = new List<Guid>();
        for (var i = 0; i < 5; i++) ready.Add(await shipping.AShipment());
        var dispatched = await shipping.AShipment();
        await shipping.Dispatch(dispatched);
        using var http = shipping.Module.AsOperator();

        var seen = new List<Guid>();
        for (string? after = ""; after is not null;)
        {
            var page = await http.GetFromJsonAsync<JsonElement>($"/v1/shipping/shipments?state=ready&limit=2{after}");
            Assert.All(page.GetProperty("items").EnumerateArray(), item => Assert.Equal("ready", item.GetProperty("state").GetString()));
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("orderId").GetGuid()));
            after = page.GetProperty("next").GetString() is { } next ? $"&after={next}" : null;
        }

        Assert.Equal(ready, seen.Where(ready.Contains));
        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.DoesNotContain(dispatched, seen);
        var all = await http.GetFromJsonAsync<JsonElement>("/v1/shipping/shipments?limit=200");
        Assert.Contains(dispatched, all.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("orderId").GetGuid()));
    }

    [Theory]
    [InlineData("?limit=0", "invalid")]
    [InlineData("?limit=201", "invalid")]
    [InlineData("?state=mislaid", "invalid")]
    [InlineData("?after=yesterday", "request.malformed")]
    public async Task a_list_that_cannot_be_is_refused(string query, string code)
    {
        using var http = shipping.Module.AsOperator();

        Assert.Equal((HttpStatusCode.BadRequest, code), await Problem(await http.GetAsync(new Uri($"/v1/shipping/shipments{query}", UriKind.Relative))));
    }

    [Fact]
    public async Task lists_are_for_operators()
    {
        using var customer = shipping.Module.As(shipping.Customer);

        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), await Problem(await customer.GetAsync(new Uri("/v1/shipping/shipments", UriKind.Relative))));
    }
}
