using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Billing.Contracts;
using Inventory.Contracts;
using Shared.Testing;
using Shipping.Contracts;

namespace Orders.Tests;

/// <summary>The module on a database of its own, one for each class of tests, and the words those tests speak in.</summary>
public sealed class OrdersUnderTest : IAsyncLifetime
{
    private ModuleUnderTest? _module;

    public ModuleUnderTest Module => _module!;

    /// <summary>Whom the module asks for rates.</summary>
    public StandInShipping Shipping { get; private set; } = null!;

    public Guid Customer { get; } = Guid.CreateVersion7();

    public async ValueTask InitializeAsync()
    {
        Shipping = await StandInShipping.StartAsync();
        // Failures that one test wants must not open the breaker for another.
        _module = await ModuleUnderTest.StartAsync(new OrdersModule(), new Dictionary<string, string?> { ["Calls:Addresses:shipping"] = $"{Shipping.Address}", ["Calls:BreakAfter"] = "10000", ["Orders:Tax:GB"] = "20" });
    }

    public async ValueTask DisposeAsync()
    {
        await Module.DisposeAsync();
        await Shipping.DisposeAsync();
    }

    /// <summary>An order of two mugs at an agreed price, 9.98 in all.</summary>
    public Task<Guid> AnOrder(Guid? customer = null) => AnOrder(Module, customer ?? Customer);

    public static async Task<Guid> AnOrder(ModuleUnderTest module, Guid customer)
    {
        using var http = module.AsOperator();
        var answer = await Place(http, new { lines = new[] { new { sku = "mug", quantity = 2, unitPrice = 4.99m } }, paymentToken = "tok_1", customerId = customer });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (await Json(answer)).GetProperty("id").GetGuid();
    }

    public static async Task<HttpResponseMessage> Place(HttpClient http, object body, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/orders") { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", key ?? $"{Guid.CreateVersion7()}");
        return await http.SendAsync(request);
    }

    public Task<HttpResponseMessage> Cancel(Guid order, Guid? customer = null, string reason = "changed my mind") =>
        Module.As(customer ?? Customer).PostAsJsonAsync($"/v1/orders/{order}/cancel", new { reason });

    /// <summary>Delivers messages about an order, one after the other, by their names; each delivery is a message of its own.</summary>
    public async Task Tell(Guid order, params IEnumerable<string> messages)
    {
        foreach (var message in messages) await Tell(order, message, Guid.CreateVersion7());
    }

    /// <summary>The same, of messages in one text, in which the customer may also say Cancel.</summary>
    public async Task TellAll(Guid order, string messages)
    {
        foreach (var message in messages.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (message == "Cancel") Assert.True((await Cancel(order)).IsSuccessStatusCode);
            else await Tell(order, message);
        }
    }

    public Task Tell(Guid order, string message, Guid id) => message switch
    {
        nameof(StockReserved) => Module.Deliver(new StockReserved(order), id),
        nameof(StockRejected) => Module.Deliver(new StockRejected(order, "1 mug is left"), id),
        nameof(ReservationExpired) => Module.Deliver(new ReservationExpired(order), id),
        nameof(PaymentCaptured) => Module.Deliver(new PaymentCaptured(order, 9.98m, "GBP"), id),
        nameof(PaymentDeferred) => Module.Deliver(new PaymentDeferred(order, 9.98m, "GBP", new DateOnly(2026, 12, 24)), id),
        nameof(PaymentDeclined) => Module.Deliver(new PaymentDeclined(order, "The card has expired."), id),
        nameof(PaymentRefunded) => Module.Deliver(new PaymentRefunded(order, 9.98m, "GBP"), id),
        nameof(ShipmentDispatched) => Module.Deliver(new ShipmentDispatched(order, "T-1"), id),
        nameof(ShipmentDelivered) => Module.Deliver(new ShipmentDelivered(order), id),
        nameof(ShipmentLost) => Module.Deliver(new ShipmentLost(order), id),
        nameof(ShipmentStopped) => Module.Deliver(new ShipmentStopped(order), id),
        _ => throw new ArgumentOutOfRangeException(nameof(message), message, "No such message."),
    };

    public async Task<JsonElement> Order(Guid order)
    {
        using var http = Module.AsOperator();
        return await http.GetFromJsonAsync<JsonElement>($"/v1/orders/{order}");
    }

    public async Task<string> StatusOf(Guid order) => (await Order(order)).GetProperty("status").GetString()!;

    public async Task<IReadOnlyList<string>> FactsOf(Guid order)
    {
        using var http = Module.AsOperator();
        var page = await http.GetFromJsonAsync<JsonElement>($"/v1/orders/{order}/history");
        return [.. page.GetProperty("items").EnumerateArray().Select(entry => entry.GetProperty("fact").GetString()!)];
    }

    /// <summary>How often the module has published the event about this order.</summary>
    public async Task<int> Published<TEvent>(Func<TEvent, Guid> order, Guid id) => (await Module.Published<TEvent>()).Count(@event => order(@event) == id);

    public static async Task<JsonElement> Json(HttpResponseMessage answer) => JsonElement.Parse(await answer.Content.ReadAsStringAsync());

    public static async Task<(HttpStatusCode Status, string Code)> Problem(HttpResponseMessage answer) =>
        (answer.StatusCode, (await Json(answer)).GetProperty("code").GetString()!);
}
