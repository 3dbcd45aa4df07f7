using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Orders.Contracts;
using static Orders.Tests.OrdersUnderTest;

namespace Orders.Tests;

/// <summary>Where an order goes: said when it is placed, kept, shown to whom it concerns, told with the confirmation.</summary>
public sealed class DeliveryAddressTests(OrdersUnderTest orders) : IClassFixture<OrdersUnderTest>
{
    private static readonly DeliveryAddress Home = new("Zoë O'Neill", "Flat 2, 10 High Street", "SW1A 1AA", "London");

    private static readonly object[] Lines = [new { sku = "mug", quantity = 2, unitPrice = 4.99m }];

    [Fact]
    public async Task it_is_kept_and_shown_to_the_orders_customer_and_operators()
    {
        var id = await Placed(new { lines = Lines, paymentToken = "t", customerId = orders.Customer, to = Home });

        using var customer = orders.Module.As(orders.Customer);
        Assert.Equal(Home, AddressIn(await customer.GetFromJsonAsync<JsonElement>($"/v1/orders/{id}")));
        Assert.Equal(Home, AddressIn(await orders.Order(id)));
        var placed = (await customer.GetFromJsonAsync<JsonElement>($"/v1/orders/{id}/history")).GetProperty("items")[0];
        Assert.Equal(Home, AddressIn(placed.GetProperty("data")));
    }

    [Theory]
    [InlineData("StockReserved PaymentCaptured")]
    [InlineData("PaymentCaptured StockReserved")]
    public async Task it_is_told_with_the_confirmation_and_so_is_the_country(string arrival)
    {
        var id = await Placed(new { lines = Lines, paymentToken = "t", country = "IE", to = Home });

        await orders.Tell(id, arrival.Split(' '));

        var confirmed = Assert.Single(await orders.Module.Published<OrderConfirmed>(), told => told.OrderId == id);
        Assert.Equal(("IE", Home), (confirmed.Country, confirmed.To));
    }

    [Theory]
    [InlineData("GB", 20)]
    [InlineData("IE", null)]
    public async Task it_is_told_with_the_order_and_so_is_the_tax_that_a_quote_says_for_its_invoice(string country, int? rate)
    {
        var id = await Placed(new { lines = Lines, paymentToken = "t", country, to = Home });

        var placed = Assert.Single(await orders.Module.Published<OrderPlaced>(), told => told.OrderId == id);
        Assert.Equal((Home, (decimal?)rate), (placed.To, placed.TaxRate));
    }

    [Fact]
    public async Task an_order_without_one_goes_on_without_one()
    {
        var id = await Placed(new { lines = Lines, paymentToken = "t" });

        await orders.Tell(id, "StockReserved", "PaymentCaptured");

        var confirmed = Assert.Single(await orders.Module.Published<OrderConfirmed>(), told => told.OrderId == id);
        Assert.Equal(("GB", null), (confirmed.Country, confirmed.To));
        Assert.Equal(JsonValueKind.Null, (await orders.Order(id)).GetProperty("to").ValueKind);
    }

    // Written as the program did that knew no address: its answer is given again, not refused as another request's.
    [Fact]
    public void a_request_without_one_is_hashed_as_before_there_were_addresses()
    {
        var command = new PlaceOrder.Command(Guid.Parse("0199c0de-0000-7000-8000-000000000001"), [new("mug", 2, 4.99m)], "tok_1", "GBP", null, null, null);

        Assert.Equal(
            """{"CustomerId":"0199c0de-0000-7000-8000-000000000001","Lines":[{"Sku":"mug","Quantity":2,"UnitPrice":4.99}],"PaymentToken":"tok_1","Currency":"GBP"}""",
            JsonSerializer.Serialize(command));
    }

    [Fact]
    public async Task a_repetition_to_another_address_is_another_request()
    {
        using var http = orders.Module.AsOperator();
        var key = $"{Guid.CreateVersion7()}";

        var first = await Json(await Place(http, new { lines = Lines, paymentToken = "t", to = Home }, key));
        var again = await Json(await Place(http, new { lines = Lines, paymentToken = "t", to = Home }, key));

        Assert.Equal(first.GetProperty("id").GetGuid(), again.GetProperty("id").GetGuid());
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "idempotency-key.reused"),
            await Problem(await Place(http, new { lines = Lines, paymentToken = "t", to = Home with { City = "Leeds" } }, key)));
    }

    [Theory]
    [InlineData("name", 100)]
    [InlineData("street", 200)]
    [InlineData("postalCode", 16)]
    [InlineData("city", 100)]
    public async Task each_part_is_given_within_its_limit_and_named_if_not(string part, int most)
    {
        using var http = orders.Module.AsOperator();

        foreach (var bad in new[] { " ", new string('x', most + 1), "a\nb" })
        {
            var answer = await Place(http, new { lines = Lines, paymentToken = "t", to = With(part, bad) });

            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Equal($"to.{part}", Assert.Single((await Json(answer)).GetProperty("errors").EnumerateObject()).Name);
        }

        Assert.Equal(HttpStatusCode.Created, (await Place(http, new { lines = Lines, paymentToken = "t", to = With(part, new string('x', most)) })).StatusCode);
        Assert.Equal((HttpStatusCode.BadRequest, "request.malformed"), await Problem(await Place(http, new { lines = Lines, paymentToken = "t", to = With(part, null) })));
    }

    private static Dictionary<string, string?> With(string part, string? text) =>
        new() { ["name"] = Home.Name, ["street"] = Home.Street, ["postalCode"] = Home.PostalCode, ["city"] = Home.City, [part] = text };

    private async Task<Guid> Placed(object body)
    {
        using var http = orders.Module.AsOperator();
        return (await Json(await Place(http, body))).GetProperty("id").GetGuid();
    }

    private static DeliveryAddress? AddressIn(JsonElement json) => json.GetProperty("to").Deserialize<DeliveryAddress>(JsonSerializerOptions.Web);
}
