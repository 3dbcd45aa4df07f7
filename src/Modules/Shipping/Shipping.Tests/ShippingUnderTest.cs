using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Orders.Contracts;
using Shared.Testing;

namespace Shipping.Tests;

/// <summary>The module on a database of its own, one for each class of tests, and the words those tests speak in.</summary>
public sealed class ShippingUnderTest : IAsyncLifetime
{
    private ModuleUnderTest? _module;

    public ModuleUnderTest Module => _module!;

    public Guid Customer { get; } = Guid.CreateVersion7();

    public async ValueTask InitializeAsync() => _module = await ModuleUnderTest.StartAsync(new ShippingModule());

    public async ValueTask DisposeAsync() => await Module.DisposeAsync();

    /// <summary>A confirmed order, whose shipment is ready.</summary>
    public async Task<Guid> AShipment(Guid? order = null)
    {
        var id = order ?? Guid.CreateVersion7();
        await Module.Deliver(new OrderConfirmed(id, Customer, [new OrderLine("mug", 2, 4.99m, 9.98m), new OrderLine("jug", 1, 12m, 12m)]));
        return id;
    }

    public async Task<HttpResponseMessage> Dispatch(Guid order, string? trackingNumber = null)
    {
        using var http = Module.AsOperator();
        http.DefaultRequestHeaders.Add("Idempotency-Key", "not needed, not minded");
        using var body = trackingNumber is null ? null : JsonContent.Create(new { trackingNumber });
        return await http.PostAsync(new Uri($"/v1/shipping/shipments/{order}/dispatch", UriKind.Relative), body);
    }

    public async Task<HttpResponseMessage> Deliver(Guid order)
    {
        using var http = Module.AsOperator();
        http.DefaultRequestHeaders.Add("Idempotency-Key", "not needed, not minded");
        return await http.PostAsync(new Uri($"/v1/shipping/shipments/{order}/deliver", UriKind.Relative), null);
    }

    public async Task<JsonElement> Shipment(Guid order)
    {
        using var http = Module.AsOperator();
        return await http.GetFromJsonAsync<JsonElement>($"/v1/shipping/shipments/{order}");
    }

    public async Task<string> StateOf(Guid order) => (await Shipment(order)).GetProperty("state").GetString()!;

    /// <summary>How often the module has published the event about this order.</summary>
    public async Task<int> Published<TEvent>(Func<TEvent, Guid> order, Guid id) => (await Module.Published<TEvent>()).Count(@event => order(@event) == id);

    public static async Task<JsonElement> Json(HttpResponseMessage answer) => JsonElement.Parse(await answer.Content.ReadAsStringAsync());

    public static async Task<(HttpStatusCode Status, string Code)> Problem(HttpResponseMessage answer) =>
        (answer.StatusCode, (await Json(answer)).GetProperty("code").GetString()!);
}
