using System.Net;
using System.Text.Json.Nodes;
using Shared.Testing;

namespace Integration;

/// <summary>An order's way and every compensation, the same in every topology.</summary>
[Collection(typeof(OneShop)), Trait(Topologies.Runs, Topologies.InSplitToo), Trait(Topologies.Runs, Topologies.Everywhere)]
public sealed class FlowTests(StartedShop started)
{
    private readonly Shop _shop = started.Shop;

    [Fact]
    public async Task an_order_goes_from_placed_to_completed_and_its_history_says_so()
    {
        var (shopper, sku) = await NewAsync();

        var order = await shopper.PlaceAsync(sku, quantity: 2);
        await shopper.SendAsync(order);
        await _shop.MustHoldAsync();

        // Facts from other modules may come in any order: at rest all of them are there.
        var history = (await shopper.GetAsync($"/v1/orders/{order}/history"))["items"]!.AsArray().Select(entry => (string)entry!["fact"]!).ToHashSet();
        Assert.Superset(new HashSet<string> { "placed", "stock-reserved", "payment-captured", "confirmed", "dispatched", "delivered", "completed" }, history);
    }

    [Fact]
    public async Task what_is_not_in_stock_is_not_sold()
    {
        var (shopper, sku) = await NewAsync();

        var order = await shopper.PlaceAsync(sku, quantity: 11);

        await MustBeCancelled(shopper, order, "stock.rejected");
    }

    [Fact]
    public async Task a_declined_payment_gives_the_stock_back()
    {
        var (shopper, sku) = await NewAsync();

        var order = await shopper.PlaceAsync(sku, paymentToken: "test-declined");

        await MustBeCancelled(shopper, order, "payment.declined");
        Assert.Equal(10, (long)(await shopper.GetAsync($"/v1/inventory/stock/{sku}"))["available"]!);
    }

    [Fact]
    public async Task a_capture_whose_answer_was_lost_is_one_capture()
    {
        var (shopper, sku) = await NewAsync();

        var order = await shopper.PlaceAsync(sku, paymentToken: "test-lost-answer");

        await shopper.UntilAsync(order, "confirmed");
        await _shop.MustHoldAsync();
    }

    [Fact]
    public async Task a_confirmed_order_that_is_cancelled_gets_its_money_back()
    {
        var (shopper, sku) = await NewAsync();
        var order = await shopper.PlaceAsync(sku);
        await shopper.UntilAsync(order, "confirmed");

        await shopper.CancelAsync(order);

        await MustBeCancelled(shopper, order, "operator");
        Assert.Equal(2.50m, (decimal)(await shopper.GetAsync($"/v1/orders/{order}"))["refunded"]!);
    }

    [Fact]
    public async Task an_order_in_parts_of_which_one_cannot_be_sent_is_completed_and_each_book_says_so()
    {
        var (shopper, sku) = await NewAsync();
        var order = await shopper.PlaceAsync(sku, quantity: 4);
        await shopper.UntilAsync(order, "confirmed");
        await _shop.MustHoldAsync();

        await shopper.PostAsync($"/v1/shipping/shipments/{order}/parcels", new { lines = new[] { new { sku, quantity = 3 } }, trackingNumber = "T-1" });
        await shopper.UntilAsync(order, "dispatched");
        await _shop.MustHoldAsync();
        Assert.Equal("reserved", (string)(await shopper.GetAsync($"/v1/inventory/reservations/{order}"))["state"]!);

        await shopper.PostAsync($"/v1/shipping/shipments/{order}/give-up", new { });
        await shopper.PostAsync($"/v1/shipping/shipments/{order}/deliver", new { });
        await shopper.UntilAsync(order, "completed");
        await _shop.MustHoldAsync();
        Assert.Equal(2.50m, (decimal)(await shopper.GetAsync($"/v1/orders/{order}"))["refunded"]!);
        Assert.Equal(6, (long)(await shopper.GetAsync($"/v1/inventory/stock/{sku}"))["available"]!);
    }

    [Fact]
    public async Task cancelling_while_the_payment_is_captured_ends_in_one_of_two_ways()
    {
        var (shopper, sku) = await NewAsync();

        for (var round = 0; round < 5; round++)
        {
            var order = await shopper.PlaceAsync(sku);
            await shopper.CancelAsync(order);
            await shopper.UntilAsync(order, "cancelled");
        }

        await _shop.MustHoldAsync();
    }

    [Fact]
    public async Task a_hundred_customers_want_the_last_ten()
    {
        var (shopper, sku) = await NewAsync();

        var orders = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => shopper.PlaceAsync(sku)));

        await _shop.MustHoldAsync();
        var statuses = await Task.WhenAll(orders.Select(shopper.StatusAsync));
        Assert.Equal((10, 90), (statuses.Count(status => status == "confirmed"), statuses.Count(status => status == "cancelled")));
    }

    [Fact]
    public async Task a_token_that_is_given_back_is_refused_by_every_module()
    {
        using Shopper shopper = await Shopper.OperatorAsync(_shop), other = await Shopper.OperatorAsync(_shop);
        using var client = new HttpClient();
        var pages = new[] { "users", "catalog/export", "inventory/stock", "orders", "billing/trial-balance", "shipping/shipments" }
            .SelectMany(page => new[] { _shop.Address, _shop[_shop.HostOf(page.Split('/')[0])].Http.BaseAddress! }.Distinct().Select(door => new Uri(door, $"/v1/{page}"))).ToList();
        foreach (var page in pages) Assert.Equal(HttpStatusCode.OK, await AnswerAsync(page, shopper));

        using var given = ShopProgram.Operator.GiveBack(shopper.Token);
        given.RequestUri = new Uri(_shop.Address, given.RequestUri!);
        Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(given)).StatusCode);

        foreach (var page in pages) await Eventually.True(async () => await AnswerAsync(page, shopper) == HttpStatusCode.Unauthorized, $"{page} refuses the token");
        foreach (var page in pages) Assert.Equal(HttpStatusCode.OK, await AnswerAsync(page, other));

        async Task<HttpStatusCode> AnswerAsync(Uri page, Shopper by)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, page) { Headers = { Authorization = new("Bearer", by.Token) } };
            return (await client.SendAsync(request)).StatusCode;
        }
    }

    private static async Task MustBeCancelledWith(Shopper shopper, Guid order, string reason)
    {
        await shopper.UntilAsync(order, "cancelled");
        Assert.Equal(reason, (string)(await shopper.GetAsync($"/v1/orders/{order}"))["cancelReason"]!);
    }

    private async Task MustBeCancelled(Shopper shopper, Guid order, string reason)
    {
        await MustBeCancelledWith(shopper, order, reason);
        await _shop.MustHoldAsync();
    }

    private async Task<(Shopper Shopper, string Sku)> NewAsync()
    {
        var sku = $"sku-{Guid.CreateVersion7():N}"[..30];
        var shopper = await Shopper.OperatorAsync(_shop);
        await shopper.ReceiveAsync(sku, 10);
        return (shopper, sku);
    }
}
