using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Billing;
using Catalog;
using Host;
using Inventory;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orders;
using Shared.Kernel;
using Shared.Testing;
using Shipping;
using Users;

namespace Integration;

/// <summary>Who looks at it does so one after the other.</summary>
[CollectionDefinition]
public sealed class OneAccessShop : ICollectionFixture<AccessShop>;

/// <summary>
/// A shop in this process, so that its endpoints are known as they are: a front with Users, and a host of its own with the five others, which may be asked by themselves.
/// There is one order, of one customer with an account, and a part of it was refunded.
/// </summary>
public sealed class AccessShop : IAsyncLifetime
{
    private static readonly string[] Apart = ["catalog", "inventory", "orders", "billing", "shipping"];

    private string _database = "";
    private ModularHost? _front, _behind;

    public static Guid Operator { get; } = Guid.CreateVersion7();
    public TestIssuer Issuer { get; private set; } = null!;
    public Guid Owner { get; private set; }
    public Guid Order { get; private set; }
    public Guid Refund { get; private set; }

    /// <summary>Every endpoint of every module, but those of calls: they are not at these doors.</summary>
    public IReadOnlyList<RouteEndpoint> Endpoints { get; private set; } = [];

    public IServiceProvider ServicesOf(string module) => (Apart.Contains(module) ? _behind : _front)!.ServicesOf(module);

    /// <summary>The addresses at which an endpoint may be asked.</summary>
    public IReadOnlyList<Uri> DoorsOf(RouteEndpoint endpoint) => endpoint.RoutePattern.RawText!.StartsWith("/v1/users", StringComparison.Ordinal) ? [_front!.Address] : [_front!.Address, _behind!.Address];

    public async ValueTask InitializeAsync()
    {
        Issuer = await TestIssuer.SharedAsync();
        _database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        using var port = FreePort.Take();
        using var calls = FreePort.Take();
        _behind = await StartAsync(new() { ["Urls"] = $"http://127.0.0.1:{port}", ["Modules"] = string.Join(',', Apart), ["Gateway"] = "false", ["Addresses:users"] = "http://127.0.0.1:9" });
        _front = await StartAsync(Apart.ToDictionary(module => $"Addresses:{module}", _ => (string?)_behind.Address.ToString()).Concat([new("Modules", "users")]).ToDictionary());

        Endpoints = [.. new[] { (Host: _front, Module: "users") }.Concat(Apart.Select(module => (Host: _behind, Module: module)))
            .SelectMany(at => at.Host.ServicesOf(at.Module).GetRequiredService<EndpointDataSource>().Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/v1/", StringComparison.Ordinal))];
        await PlaceAnOrderAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_front is not null) await _front.DisposeAsync();
        if (_behind is not null) await _behind.DisposeAsync();
        await (await PostgresServer.SharedAsync()).DropDatabaseAsync(_database);
    }

    /// <summary>To the front, with a token.</summary>
    public HttpClient As(string role, Guid subject) => new() { BaseAddress = _front!.Address, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Issuer.Token(role, subject)) } };

    private async Task PlaceAnOrderAsync()
    {
        using var anyone = new HttpClient { BaseAddress = _front!.Address };
        Owner = (Guid)(await PostAsync(anyone, "/v1/users", new { email = "owner@shop.example", name = "Owner", password = "a good password" }))["id"]!;
        using var @operator = As(Policies.Operator, Operator);
        await PostAsync(@operator, "/v1/inventory/receipts", new { reference = "first", lines = new[] { new { sku = "tea", quantity = 5 } } });
        Order = (Guid)(await PostAsync(@operator, "/v1/orders", new { customerId = Owner, lines = new[] { new { sku = "tea", quantity = 1, unitPrice = 2.5m } }, paymentToken = "test-ok" }))["id"]!;
        await Eventually.True(async () => (await @operator.GetAsync($"/v1/shipping/shipments/{Order}")).IsSuccessStatusCode, "the order has a shipment");
        Refund = (Guid)(await PostAsync(@operator, $"/v1/billing/payments/{Order}/refunds", new { amount = 0.5m, reason = "late" }))["id"]!;
        await Eventually.True(async () => (await @operator.GetAsync($"/v1/billing/payments/{Order}/refunds/{Refund}/credit-note")).IsSuccessStatusCode, "the refund has a credit note");
    }

    private static async Task<JsonNode> PostAsync(HttpClient client, string path, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body), Headers = { { "Idempotency-Key", $"{Guid.CreateVersion7()}" } } };
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonNode.Parse(text)! : throw new InvalidOperationException($"{path}: {(int)answer.StatusCode} {text}");
    }

    private async Task<ModularHost> StartAsync(Dictionary<string, string?> settings)
    {
        var builder = WebApplication.CreateSlimBuilder([.. ModularHost.SettingsOnce]);
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Urls"] = "http://127.0.0.1:0",
            ["Database:Administrator"] = _database,
            ["Database:Secret"] = ModuleUnderTest.Secret,
            ["Calls:Secret"] = ModuleUnderTest.Secret,
            ["Carrier"] = "Postgres",
            ["Tokens:Authority"] = Issuer.Address.ToString(),
            ["Logging:LogLevel:Default"] = "Critical",
        });
        builder.Configuration.AddInMemoryCollection(settings);
        Module[] modules = [new UsersModule(), new CatalogModule(), new InventoryModule(), new OrdersModule(), new BillingModule(), new ShippingModule()];
        var manifest = Manifest.Of(modules);
        Gateway.Add(builder, manifest);
        return await ModularHost.StartAsync(builder, modules, manifest, Gateway.Map);
    }
}
