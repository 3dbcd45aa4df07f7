using System.Text.Json.Nodes;
using Shared.Testing;

namespace Integration;

/// <summary>export and import as a person starts them, from one shop into another.</summary>
public sealed class ExchangeTests
{
    [Fact]
    public async Task what_a_shop_exports_another_takes_once_and_exports_alike()
    {
        await using var one = await Shop.StartAsync();
        await using var other = await Shop.StartAsync();
        using var folder = OwnFolder.Create("exchange");
        var (first, second, rubbish) = (Path.Combine(folder.Path, "first"), Path.Combine(folder.Path, "second"), Path.Combine(folder.Path, "rubbish"));
        using var shopper = await Shopper.OperatorAsync(one);
        await shopper.PostAsync("/v1/catalog/products", new { sku = "tea", name = "=Tea \"green\", loose", price = 2.5m, currency = "GBP", weight = 100 });
        await shopper.ReceiveAsync("tea", 100);
        await shopper.ReceiveAsync("cup", 1_000_000);
        var ann = await shopper.PostAsync("/v1/users/accounts", new { email = "ann@example.com", name = "=Ann" });
        foreach (var quantity in new[] { 2, 3 })
        {
            var to = new { name = "Ann", street = "1 Road", postalCode = "AB1", city = "Town" };
            var order = await shopper.PostAsync("/v1/orders", new { customerId = (Guid)ann["id"]!, lines = new[] { new { sku = "tea", quantity, unitPrice = 2m } }, paymentToken = "test-ok", to });
            await shopper.UntilAsync((Guid)order["id"]!, "confirmed");
            if (quantity == 3) await shopper.SendAsync((Guid)order["id"]!);
        }

        await RunAsync(0, "export", first, one);
        Assert.Contains("is not empty", await RunAsync(2, "export", first, one), StringComparison.Ordinal);
        Assert.Contains("--payment", await RunAsync(2, "import", first, other), StringComparison.Ordinal);
        Assert.Contains("customers  1 opened", await RunAsync(0, "import", first, other, "--payment", "test-ok"), StringComparison.Ordinal);
        using var visitor = await Shopper.OperatorAsync(other);
        var placed = Assert.Single((await visitor.GetAsync("/v1/orders"))["items"]!.AsArray())!;
        await visitor.UntilAsync((Guid)placed["id"]!, "confirmed");
        await RunAsync(0, "import", first, other, "--payment", "test-ok");
        await RunAsync(0, "export", second, other);

        Assert.Single((await visitor.GetAsync("/v1/orders"))["items"]!.AsArray());
        foreach (var file in new[] { "products.csv", "stock.jsonl" }) Assert.Equal(File.ReadAllText(Path.Combine(first, file)), File.ReadAllText(Path.Combine(second, file)));
        Assert.Contains("\"email\":\"ann@example.com\",\"name\":\"=Ann\"", File.ReadAllText(Path.Combine(second, "customers.jsonl")), StringComparison.Ordinal);
        var exported = JsonNode.Parse(File.ReadAllText(Path.Combine(second, "orders.jsonl")))!;
        Assert.Equal(("ann@example.com", "Ann"), ((string)exported["customer"]!, (string)exported["to"]!["name"]!));
        Assert.Equal((2, 2m, 4m), ((int)exported["lines"]![0]!["quantity"]!, (decimal)exported["lines"]![0]!["unitPrice"]!, (decimal)exported["lines"]![0]!["amount"]!));

        Directory.CreateDirectory(rubbish);
        Assert.Contains("has none of the files", await RunAsync(2, "import", rubbish, other), StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(rubbish, "customers.jsonl"), "{\"email\":\"no address\",\"name\":\"Bob\"}\n{\"email\":\"bob@example.com\",\"name\":\"Bob\"}\n");
        var said = await RunAsync(1, "import", rubbish, other);
        Assert.Contains("refused: customers.jsonl, line 1", said, StringComparison.Ordinal);
        Assert.Contains("customers  1 opened", said, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(rubbish, "customers.jsonl"), "{\"email\":\"eve@example.com\"\n");
        Assert.Contains("customers.jsonl, line 1", await RunAsync(2, "import", rubbish, other), StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(rubbish, "customers.jsonl"), "null\n");
        Assert.Contains("customers.jsonl, line 1", await RunAsync(2, "import", rubbish, other), StringComparison.Ordinal);
        File.Delete(Path.Combine(rubbish, "customers.jsonl"));
        await File.WriteAllTextAsync(Path.Combine(rubbish, "orders.jsonl"), "{\"id\":\"00000000-0000-0000-0000-000000000001\",\"status\":\"placed\",\"customer\":\"ann@example.com\",\"currency\":\"GBP\"}\n{\"id\":\"00000000-0000-0000-0000-000000000002\",\"status\":\"placed\",\"customer\":\"ann@example.com\",\"currency\":\"GBP\",\"lines\":[null]}\n");
        said = await RunAsync(1, "import", rubbish, other, "--payment", "test-ok");
        Assert.Contains("orders.jsonl, line 1", said, StringComparison.Ordinal);
        Assert.Contains("orders.jsonl, line 2", said, StringComparison.Ordinal);
        Assert.Contains("No shop answers", await RunAsync(2, "import", rubbish, new Uri("http://127.0.0.1:9")), StringComparison.Ordinal);
    }

    private static Task<string> RunAsync(int code, string command, string folder, Shop shop, params string[] more) => RunAsync(code, command, folder, shop.Address, more);

    private static async Task<string> RunAsync(int code, string command, string folder, Uri shop, params string[] more)
    {
        await using var process = await ChildProcess.StartAsync(new("dotnet", [HostProgram.Find(), command, folder, "--url", shop.ToString(), .. more]) { Environment = ShopProgram.Operator.Environment });
        var end = await process.WaitForExitAsync();
        Assert.True(end.Code == code, $"{command} ended by {end.Code}: {process.Output}");
        return process.Output;
    }
}
