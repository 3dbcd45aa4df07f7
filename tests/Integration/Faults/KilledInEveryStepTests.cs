using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Shared.Testing;

namespace Integration;

/// <summary>
/// The host dies in every step of every story of the shop: after each reaction's commit, before its events are sent, and after each command's, before it is answered.
/// Comes back, and the story ends as if nothing had been.
/// </summary>
[Trait(Topologies.Runs, Topologies.Long)]
public sealed class KilledInEveryStepTests(KilledInEveryStepTests.WholeShop mortal) : KillPoints(mortal), IClassFixture<KilledInEveryStepTests.WholeShop>
{
    /// <summary>It lets its customers pay on invoice, and sends mail.</summary>
    public sealed class WholeShop : ShopAndShopper
    {
        protected override Task<Shop> StartAsync() => Shop.StartAsync(settings: new Dictionary<string, string?>
        {
            ["Billing:OnInvoice:Limit"] = "1000", ["Billing:Seller:Name"] = "The Shop", ["Billing:Seller:Street"] = "1 High Street", ["Billing:Seller:PostalCode"] = "N1 1AA", ["Billing:Seller:City"] = "London",
            ["Billing:Seller:Country"] = "GB", ["Billing:Seller:BankAccount"] = "GB33 BUKB 2020 1555 5555 55",
            ["Users:Mail:Provider"] = "mailbox", ["Users:Mail:From"] = "shop@example.com", ["Users:Mail:Links"] = "https://shop.example",
        });
    }

    private static readonly Dictionary<string, string[]> ReactionsOf = new()
    {
        [nameof(Sent)] =
        [
            "inventory/when-order-placed", "billing/when-order-placed", "users/when-order-placed", "billing/when-stock-reserved", "orders/when-stock-reserved", "billing/capture-payment",
            "orders/when-payment-captured", "shipping/when-order-confirmed", "users/when-order-confirmed", "inventory/when-shipment-dispatched", "orders/when-shipment-dispatched",
            "users/when-shipment-dispatched", "orders/when-shipment-delivered",
        ],
        [nameof(NotInStock)] = ["orders/when-stock-rejected"],
        [nameof(Declined)] = ["orders/when-payment-declined", "inventory/when-order-cancelled", "users/when-order-cancelled", "billing/when-order-cancelled"],
        [nameof(CalledOff)] = ["shipping/when-order-cancellation-requested", "orders/when-shipment-stopped", "billing/refund-payment", "orders/when-payment-refunded", "users/when-payment-refunded"],
        [nameof(RefundedInPart)] = ["billing/make-refund"],
        [nameof(SentInPart)] = ["inventory/when-part-dropped", "orders/when-part-dropped", "users/when-part-dropped", "billing/when-order-part-lost"],
        [nameof(Lost)] = ["orders/when-shipment-lost"],
        [nameof(LostInPart)] = ["orders/when-parcel-lost"],
        [nameof(OnInvoice)] = ["orders/when-payment-deferred"],
        [nameof(Offered)] = ["orders/when-product-published", "orders/when-price-changed", "orders/when-product-withdrawn"],
        [nameof(Registered)] = ["users/send-mail"],
        [nameof(Imported)] = ["catalog/continue-import"],
        [nameof(Counted)] = ["inventory/when-stocktake-goes-on"],
        [nameof(RunsLow)] = ["users/when-stock-low"],
    };

    /// <summary>Comes by time or by a fault, not by a story: its module's own tests drive it.</summary>
    private static readonly string[] ByTime = ["orders/when-reservation-expired", "orders/when-step-timed-out", "users/when-reminder-issued", "users/when-dead-letters-noticed", "shipping/book-parcel"];

    private static readonly Dictionary<string, int> CommandsOf = new()
    {
        [nameof(Sent)] = 4, [nameof(CalledOff)] = 3, [nameof(RefundedInPart)] = 3, [nameof(SentInPart)] = 5, [nameof(Lost)] = 4, [nameof(LostInPart)] = 5, [nameof(OnInvoice)] = 3, [nameof(Offered)] = 3, [nameof(Registered)] = 1, [nameof(Imported)] = 1, [nameof(Counted)] = 2, [nameof(RunsLow)] = 3,
    };

    public static TheoryData<string, string> Reactions() => [.. ReactionsOf.SelectMany(story => story.Value.Select(step => (story.Key, step)))];

    public static TheoryData<string, int> Commands() => [.. CommandsOf.SelectMany(story => Enumerable.Range(1, story.Value).Select(nth => (story.Key, nth)))];

    [Theory, MemberData(nameof(Reactions))]
    public Task after_a_reaction_s_commit(string story, string step) => DiesAndComesBack(step.Split('/')[0], new KillAt("reaction.committed", $"module://{step}"), () => TellAsync(story));

    [Theory, MemberData(nameof(Commands))]
    public Task after_a_command_s_commit(string story, int nth) => DiesAndComesBack(Orders, new KillAt("command.committed", Time: nth), () => TellAsync(story));

    [Fact]
    public void no_reaction_is_left_out()
    {
        var all = JsonNode.Parse(File.ReadAllText(Path.Combine(Path.GetDirectoryName(HostProgram.Find())!, "modules.json")))!["modules"]!.AsArray()
            .SelectMany(module => module!["reactsTo"]!.AsArray().Concat(module["does"]!.AsArray()).Select(reaction => $"{module["name"]}/{reaction!["destination"]}"));

        Assert.Equal(all.Order(StringComparer.Ordinal), ReactionsOf.Values.SelectMany(steps => steps).Concat(ByTime).Order(StringComparer.Ordinal));
    }

    private async Task TellAsync(string story)
    {
        var sku = $"sku-{Guid.CreateVersion7():N}"[..30];
        await (story switch
        {
            nameof(Sent) => Sent(sku),
            nameof(NotInStock) => NotInStock(sku),
            nameof(Declined) => Declined(sku),
            nameof(CalledOff) => CalledOff(sku),
            nameof(SentInPart) => SentInPart(sku),
            nameof(RefundedInPart) => RefundedInPart(sku),
            nameof(Lost) => Lost(sku),
            nameof(LostInPart) => LostInPart(sku),
            nameof(OnInvoice) => OnInvoice(sku),
            nameof(Offered) => Offered(sku),
            nameof(Registered) => Registered(),
            nameof(Imported) => Imported(sku),
            nameof(Counted) => Counted(sku),
            nameof(RunsLow) => RunsLow(sku),
            _ => throw new ArgumentException($"No story is called {story}."),
        });
    }

    private async Task Sent(string sku)
    {
        await Shopper.ReceiveAsync(sku, 10);
        await Shopper.SendAsync(await Shopper.PlaceAsync(sku));
        Assert.Equal(9, (long)(await Shopper.GetAsync($"/v1/inventory/stock/{sku}"))["available"]!);
    }

    private async Task NotInStock(string sku) => await Shopper.UntilAsync(await Shopper.PlaceAsync(sku), "cancelled");

    private async Task Declined(string sku)
    {
        await Shopper.ReceiveAsync(sku, 10);
        await Shopper.UntilAsync(await Shopper.PlaceAsync(sku, paymentToken: "test-declined"), "cancelled");
        await UntilAsync($"/v1/inventory/stock/{sku}", "available", "10");
    }

    private async Task CalledOff(string sku)
    {
        var order = await ConfirmedAsync(sku);
        await Shopper.CancelAsync(order);
        await Shopper.UntilAsync(order, "cancelled");
        await UntilAsync($"/v1/orders/{order}", "refunded", "2.50");
    }

    private async Task SentInPart(string sku)
    {
        var order = await ConfirmedAsync(sku, 4);
        await Shopper.PostAsync($"/v1/shipping/shipments/{order}/parcels", new { lines = new[] { new { sku, quantity = 3 } }, trackingNumber = "T-1" });
        await Shopper.UntilAsync(order, "dispatched");
        await Shopper.PostAsync($"/v1/shipping/shipments/{order}/give-up", new { });
        await Shopper.PostAsync($"/v1/shipping/shipments/{order}/deliver", new { });
        await Shopper.UntilAsync(order, "completed");
        await UntilAsync($"/v1/orders/{order}", "refunded", "2.50");
    }

    private async Task Lost(string sku)
    {
        var order = await ConfirmedAsync(sku);
        var sent = await Shopper.PostAsync($"/v1/shipping/shipments/{order}/parcels", new { });
        await Shopper.UntilAsync(order, "dispatched");
        await Shopper.PostAsync($"/v1/shipping/shipments/{order}/parcels/{sent["parcel"]!["id"]}/lost", new { outcome = "refund" });
        await UntilAsync($"/v1/orders/{order}", "refunded", "2.50");
    }

    private async Task LostInPart(string sku)
    {
        var order = await ConfirmedAsync(sku, 4);
        await Shopper.PostAsync($"/v1/shipping/shipments/{order}/parcels", new { lines = new[] { new { sku, quantity = 3 } }, trackingNumber = "T-1" });
        var lost = await Shopper.PostAsync($"/v1/shipping/shipments/{order}/parcels", new { trackingNumber = "T-2" });
        await Shopper.PostAsync($"/v1/shipping/shipments/{order}/parcels/{lost["parcel"]!["id"]}/lost", new { outcome = "refund" });
        await UntilAsync($"/v1/orders/{order}", "refunded", "2.50");
    }

    private async Task RefundedInPart(string sku)
    {
        var order = await ConfirmedAsync(sku);
        await Shopper.PostAsync($"/v1/billing/payments/{order}/refunds", new { amount = 1.00m, reason = "arrived damaged" });
        await UntilAsync($"/v1/orders/{order}", "refunded", "1.00");
    }

    private async Task OnInvoice(string sku)
    {
        var order = await ConfirmedAsync(sku, paymentToken: "invoice");
        await Shopper.PostAsync($"/v1/billing/payments/{order}/receipt", new { amount = 2.50m, currency = "GBP", reference = "statement 1" });
        await UntilAsync($"/v1/billing/payments/{order}", "state", "captured");
    }

    private async Task Offered(string sku)
    {
        await Shopper.PostAsync("/v1/catalog/products", new { sku, name = "Tea", price = 1.50m, currency = "GBP" });
        await Shopper.SendAsync(HttpMethod.Put, $"/v1/catalog/products/{sku}/price", () => JsonContent.Create(new { price = 1.75m, currency = "GBP" }));
        await Shopper.PostAsync($"/v1/catalog/products/{sku}/withdraw", new { });
        Assert.Equal(2, (await Shopper.GetAsync($"/v1/catalog/products/{sku}/prices"))["items"]!.AsArray().Count);
    }

    private async Task Registered()
    {
        var email = $"{Guid.CreateVersion7():N}@example.com";
        await Shopper.PostAsync("/v1/users", new { email, password = "a long sentence of one's own", name = "Ada" });
        await Eventually.True(async () => await Shop.QueryAsync<long>($"select count(*) from users.mailbox where recipient like '%{email}%'") > 0, "a mail that asks whether the address is right");
        Assert.Equal(1, await Shop.QueryAsync<long>($"select count(*) from users.mailbox where recipient like '%{email}%'"));
        Assert.Equal(1, await Shop.QueryAsync<long>($"select count(*) from users.mt_doc_account where data->>'email' = '{email}'"));
    }

    private async Task Imported(string sku)
    {
        var at = $"/v1/catalog/imports/{Guid.CreateVersion7()}";
        await Shopper.SendAsync(HttpMethod.Put, at, () => Csv($"sku,name,price,currency\n{sku},Tea,1.50,GBP\n"));
        await Eventually.True(async () => (await Shopper.GetAsync(at))["finishedAt"] is not null, "the import is finished");
        Assert.Single((await Shopper.GetAsync($"/v1/catalog/products/{sku}/prices"))["items"]!.AsArray());
    }

    private async Task Counted(string sku)
    {
        await Shopper.ReceiveAsync(sku, 10);
        await Shopper.SendAsync(HttpMethod.Post, "/v1/inventory/stocktakes", () => Csv($"sku,counted\n{sku},7\n"));
        await UntilAsync($"/v1/inventory/stock/{sku}", "available", "7");
    }

    private async Task RunsLow(string sku)
    {
        await Shopper.ReceiveAsync(sku, 10);
        await Shopper.SendAsync(HttpMethod.Put, $"/v1/inventory/stock/{sku}/threshold", () => JsonContent.Create(new { threshold = 5 }));
        await Shopper.PostAsync("/v1/inventory/corrections", new { sku, quantity = -6, reason = "fell from the shelf" });
        await UntilAsync($"/v1/inventory/stock/{sku}", "available", "4");
    }

    private async Task<Guid> ConfirmedAsync(string sku, int quantity = 1, string paymentToken = "test-ok")
    {
        await Shopper.ReceiveAsync(sku, 10);
        var order = await Shopper.PlaceAsync(sku, quantity, paymentToken);
        await Shopper.UntilAsync(order, "confirmed");
        await Eventually.True(async () => await Shop.QueryAsync<long>($"select count(*) from shipping.mt_doc_shipment where id = '{order}'") == 1, $"a shipment of order {order}");
        return order;
    }

    private Task<string> UntilAsync(string path, string field, string value) => Eventually.Get(async () => $"{(await Shopper.GetAsync(path))[field]}", now => now == value, $"{field} of {path} is {value}", TimeSpan.FromSeconds(60));

    private static StringContent Csv(string text) => new(text, System.Text.Encoding.UTF8, "text/csv");
}
