using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Inventory.Tests;
using Orders.Contracts;
using Shared.Testing;
using Shipping.Contracts;

[assembly: AssemblyFixture(typeof(TheInventory))]
[assembly: CollectionBehavior(DisableTestParallelization = true)] // One module for all: "at rest" is said of all that happens in it.

namespace Inventory.Tests;

/// <summary>The one module of the run. Each test has products and orders of its own.</summary>
public sealed class TheInventory : IAsyncLifetime
{
    public const int Threshold = 5;

    public static readonly Guid TheOperator = Guid.CreateVersion7();

    public ModuleUnderTest Module { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Module = await ModuleUnderTest.StartAsync(new InventoryModule(), new Dictionary<string, string?>
    {
        ["Inventory:LowStock"] = $"{Threshold}",
    });

    public ValueTask DisposeAsync() => Module.DisposeAsync();

    /// <summary>A product's sku that no other test uses.</summary>
    public static string ASku(string prefix = "sku") => $"{prefix}-{Guid.NewGuid():N}";

    public static OrderPlaced AnOrder(params (string Sku, int Quantity)[] lines) => new(
        Guid.CreateVersion7(), Guid.CreateVersion7(), lines.Select(line => new OrderLine(line.Sku, line.Quantity, 1m, line.Quantity)).ToList(),
        lines.Sum(line => line.Quantity), "EUR", "test-ok");

    public static OrderCancelled TheCancellationOf(OrderPlaced order) => new(order.OrderId, "customer");

    public static OrderCancelled TheLossOf(OrderPlaced order) => new(order.OrderId, OrderCancelled.ShipmentLost);

    public static ShipmentDispatched TheDispatchOf(OrderPlaced order) => new(order.OrderId, "T-1");

    /// <summary>Delivers what cannot be handled: it must become a dead letter for this fault, not be skipped.</summary>
    public async Task DeliverInVain<TMessage>(TMessage message, string fault) where TMessage : class
    {
        var thrown = await Assert.ThrowsAnyAsync<Exception>(() => Module.Deliver(message));
        Assert.Contains("is dead: ", $"{thrown}");
        Assert.Contains(fault, $"{thrown}");
    }

    public async Task Receive(params (string Sku, int Quantity)[] lines)
    {
        var answer = await Post("receipts", new { reference = "delivery", lines = lines.Select(line => new { sku = line.Sku, quantity = line.Quantity }) });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    /// <summary>As an operator, with a key of its own unless one is given.</summary>
    public async Task<HttpResponseMessage> Post(string path, object body, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/inventory/{path}");
        request.Content = body is string json ? new StringContent(json, null, "application/json") : JsonContent.Create(body);
        request.Headers.Add("Idempotency-Key", key ?? $"{Guid.NewGuid()}");
        return await Module.AsOperator(TheOperator).SendAsync(request);
    }

    public async Task<JsonNode> Get(string path) => (await Module.AsOperator().GetFromJsonAsync<JsonNode>($"/v1/inventory/{path}"))!;

    /// <summary>The product's counters, after a check that the book says the same.</summary>
    public async Task<Counters> CountersOf(string sku)
    {
        Assert.Equal(0, await Module.Query<long>("""
            with book as (
              select sku, sum(quantity * case kind when 'reserved' then -1 when 'shipped' then 0 else 1 end) as on_hand,
                sum(quantity * case kind when 'reserved' then 1 when 'released' then -1 when 'shipped' then -1 else 0 end) as reserved
              from movements group by sku)
            select count(*) from stock full join book using (sku) where (stock.on_hand, stock.reserved) is distinct from (book.on_hand, book.reserved)
            """));
        return new(await Counter("on_hand"), await Counter("reserved"), await Counter("shipped"));

        Task<long> Counter(string column) => Module.Query<long>($"select {column} from stock where sku = $1", sku);
    }

    public async Task<string> StateOf(OrderPlaced order) => (string)(await Get($"reservations/{order.OrderId}"))["state"]!;
}

public sealed record Counters(long OnHand, long Reserved, long Shipped);
