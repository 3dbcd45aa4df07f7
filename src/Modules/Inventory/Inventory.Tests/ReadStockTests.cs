using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using static Inventory.Tests.TheInventory;

namespace Inventory.Tests;

public sealed class ReadStockTests(TheInventory inventory)
{
    [Fact]
    public async Task anyone_sees_how_many_can_be_bought()
    {
        var sku = ASku();
        await inventory.Receive((sku, 10));
        await inventory.Module.Deliver(AnOrder((sku, 3)));

        var answer = await inventory.Module.Anonymous().GetFromJsonAsync<JsonNode>($"/v1/inventory/stock/{sku}");

        Assert.Equal(7, (int)answer!["available"]!);
    }

    [Fact]
    public async Task all_stock_is_listed_page_by_page()
    {
        var prefix = ASku();
        await inventory.Receive(($"{prefix}-1", 1), ($"{prefix}-2", 2), ($"{prefix}-3", 3));

        var first = await inventory.Get($"stock?after={prefix}&limit=2");
        var second = await inventory.Get($"stock?after={first["next"]}&limit=1");

        Assert.Equal([1, 2], first["items"]!.AsArray().Select(item => (int)item!["onHand"]!));
        Assert.Equal($"{prefix}-3", (string)second["items"]![0]!["sku"]!);
    }

    [Fact]
    public async Task a_products_book_is_read_page_by_page_oldest_first()
    {
        var sku = ASku();
        await inventory.Receive((sku, 10));
        var order = AnOrder((sku, 3));
        await inventory.Module.Deliver(order);
        await inventory.Module.Deliver(TheCancellationOf(order));

        var first = await inventory.Get($"stock/{sku}/movements?limit=2");
        var second = await inventory.Get($"stock/{sku}/movements?limit=2&after={first["next"]}");

        Assert.Equal(["received", "reserved", "released"], first["items"]!.AsArray().Concat(second["items"]!.AsArray()).Select(entry => (string)entry!["kind"]!));
        Assert.Null(second["next"]);
    }

    [Fact]
    public async Task a_reservation_names_its_lines()
    {
        var sku = ASku();
        await inventory.Receive((sku, 10));
        var order = AnOrder((sku, 1), (sku, 2));
        await inventory.Module.Deliver(order);

        var line = Assert.Single((await inventory.Get($"reservations/{order.OrderId}"))["lines"]!.AsArray())!;

        Assert.Equal((sku, 3), ((string)line["sku"]!, (int)line["quantity"]!));
    }

    [Theory]
    [InlineData("stock/none", HttpStatusCode.NotFound)]
    [InlineData("stock/a%01", HttpStatusCode.BadRequest)]
    [InlineData("stock?limit=0", HttpStatusCode.BadRequest)]
    [InlineData("stock?limit=201", HttpStatusCode.BadRequest)]
    [InlineData("stock?after=%00", HttpStatusCode.BadRequest)]
    [InlineData("stock/a/movements?limit=201", HttpStatusCode.BadRequest)]
    [InlineData("stock/a/movements?after=b", HttpStatusCode.BadRequest)]
    [InlineData("reservations/0199a0c0-0000-7000-8000-000000000000", HttpStatusCode.NotFound)]
    [InlineData("receipts/0199a0c0-0000-7000-8000-000000000000", HttpStatusCode.NotFound)]
    public async Task what_cannot_be_read_is_a_problem(string path, HttpStatusCode status)
    {
        var answer = await inventory.Module.AsOperator().GetAsync($"/v1/inventory/{path}");

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("stock")]
    [InlineData("stock/a/movements")]
    [InlineData("reservations/0199a0c0-0000-7000-8000-000000000000")]
    [InlineData("receipts/0199a0c0-0000-7000-8000-000000000000")]
    public async Task what_is_the_operators_is_not_the_customers(string path) =>
        Assert.Equal(HttpStatusCode.Forbidden, (await inventory.Module.As(Guid.NewGuid()).GetAsync($"/v1/inventory/{path}")).StatusCode);
}
