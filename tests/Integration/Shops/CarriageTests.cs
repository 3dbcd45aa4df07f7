using System.Text.Json.Nodes;
using Shared.Testing;

namespace Integration;

/// <summary>Placing an order asks Shipping for its rate, the same wherever Shipping runs.</summary>
public abstract class Carriage(Shop shop)
{
    protected Shop Shop => shop;

    [Fact]
    public async Task an_order_costs_what_its_lines_and_shippings_rate_amount_to()
    {
        using var shopper = await Shopper.OperatorAsync(shop);
        var sku = await AProductAsync(shopper);

        var placed = await PlaceAsync(shopper, sku, quantity: 2);

        var rate = await shopper.GetAsync("/v1/shipping/rates?country=FR&weight=3000");
        Assert.Equal((19.95m, 25.95m, false), ((decimal)rate["amount"]!, (decimal)placed["total"]!, (bool)placed["shippingEstimated"]!));
        await shopper.UntilAsync((Guid)placed["id"]!, "confirmed");
        Assert.Equal(25.95m, (decimal)(await shopper.GetAsync($"/v1/billing/payments/{placed["id"]}"))["captured"]!);
        await shop.MustHoldAsync();
    }

    [Fact]
    public async Task a_customer_is_told_why_nothing_is_sent_in_another_currency()
    {
        using var shopper = await Shopper.OperatorAsync(shop);
        var sku = await AProductAsync(shopper, "EUR");

        var refusal = await Assert.ThrowsAsync<NeverException>(() => shopper.PostAsync("/v1/orders", Body(sku, 1, "EUR")));

        Assert.Contains("shipping.other-currency", refusal.ToString(), StringComparison.Ordinal);
        Assert.Contains("only in GBP", refusal.ToString(), StringComparison.Ordinal);
    }

    /// <summary>3.00 each, 1,500 g, ten in stock, known to Orders.</summary>
    protected async Task<string> AProductAsync(Shopper shopper, string currency = "GBP")
    {
        var sku = $"sku-{Guid.CreateVersion7():N}"[..30];
        await shopper.PostAsync("/v1/catalog/products", new { sku, name = "Brick", price = 3, currency, weight = 1_500 });
        await shopper.ReceiveAsync(sku, 10);
        await Eventually.True(async () => await shop.QueryAsync<long>($"select count(*) from orders.mt_doc_catalog_price where id = '{sku}'") == 1, $"{sku} known to Orders");
        return sku;
    }

    protected static Task<JsonNode> PlaceAsync(Shopper shopper, string sku, int quantity = 1) => shopper.PostAsync("/v1/orders", Body(sku, quantity, "GBP"));

    private static object Body(string sku, int quantity, string currency) => new { lines = new[] { new { sku, quantity } }, paymentToken = "test-ok", country = "FR", currency };
}

[Collection(typeof(OneShop)), Trait(Topologies.Runs, Topologies.InSplitToo), Trait(Topologies.Runs, Topologies.Everywhere)]
public sealed class CarriageTests(StartedShop started) : Carriage(started.Shop);

public sealed class CarriageShippingOutTests(ShopShippingOut started) : Carriage(started.Shop), IClassFixture<ShopShippingOut>
{
    [Fact]
    public async Task while_shipping_is_paused_or_dead_orders_are_placed_at_an_estimate_and_afterwards_at_its_rate_again()
    {
        using var shopper = await Shopper.OperatorAsync(Shop);
        var sku = await AProductAsync(shopper);
        await Eventually.True(async () => !(bool)(await PlaceAsync(shopper, sku))["shippingEstimated"]!, "asked");

        Shop["shipping"].Signal(Signals.Stop);
        var paused = await PlaceAsync(shopper, sku);
        Shop["shipping"].Signal(Signals.Continue);
        await Eventually.True(async () => !(bool)(await PlaceAsync(shopper, sku))["shippingEstimated"]!, "asked again after the pause");

        Shop["shipping"].Kill();
        JsonNode killed;
        try
        {
            killed = await PlaceAsync(shopper, sku);
            await Eventually.True(async () =>
            {
                await PlaceAsync(shopper, sku);
                return await MetricAsync("modular_calls_breaker") == 1;
            }, "the breaker open");
            Assert.True(await MetricAsync("modular_calls_fallbacks_total") >= 2);
        }
        finally
        {
            await Shop.StartHostAsync("shipping");
        }

        await Eventually.True(async () => !(bool)(await PlaceAsync(shopper, sku))["shippingEstimated"]!, "asked again after the death");

        // The last rate that Shipping gave for such an order.
        Assert.Equal((9.95m, true), ((decimal)paused["shipping"]!, (bool)paused["shippingEstimated"]!));
        Assert.Equal((9.95m, true), ((decimal)killed["shipping"]!, (bool)killed["shippingEstimated"]!));
        await Shop.MustHoldAsync();
    }

    [Fact]
    public async Task a_module_in_another_language_asks_by_the_same_contract()
    {
        var answers = await Node.RunAsync("quote.js", $"127.0.0.1:{Shop.CallPortOf("shipping")}", Path.Combine(Node.Root, "src/Modules/Shipping/Shipping.Contracts/rates.proto"), ModuleUnderTest.Secret);

        Assert.Equal("""{"amount_minor":1995,"currency":"GBP","zone":"Europe","from_grams":2001,"up_to_grams":10000,"free_from_minor":0}""", answers["quote"]!.ToJsonString());
        Assert.Equal(("INVALID_ARGUMENT", "invalid"), ((string)answers["refused"]!["status"]!, (string)answers["refused"]!["code"]!));
        Assert.Contains("country must be two capital letters", (string)answers["refused"]!["details"]!, StringComparison.Ordinal);
        Assert.Equal("UNAUTHENTICATED", (string)answers["unsigned"]!["status"]!);
        Assert.Equal("UNAUTHENTICATED", (string)answers["undeclared"]!["status"]!);
        Assert.Equal(1, (int)answers["health"]!["status"]!);
    }

    private async Task<double> MetricAsync(string name)
    {
        var metrics = await Shop[Shop.Main].Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        return double.Parse(metrics.Split('\n').Single(line => line.StartsWith(name + "{", StringComparison.Ordinal)).Split(' ')[1]);
    }
}

/// <summary>The programs of tests/Interop, which call from Node.</summary>
internal static class Node
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../.."));

    /// <summary>What the program prints, one JSON object.</summary>
    public static async Task<JsonNode> RunAsync(string program, params string[] arguments)
    {
        var folder = Path.Combine(Root, "tests/Interop");
        Assert.True(Directory.Exists(Path.Combine(folder, "node_modules")), $"The packages of {folder} are missing: './modular test' fetches them, or npm ci in that folder.");

        await using var node = await ChildProcess.StartAsync(new("node", [Path.Combine(folder, program), .. arguments]) { WorkingFolder = folder });
        // A browser that nobody started before comes from disk, beside the other classes of this run.
        var end = await node.WaitForExitAsync(TimeSpan.FromMinutes(3));
        Assert.True(end.Code == 0, node.Output);
        return JsonNode.Parse(node.Output)!;
    }
}
