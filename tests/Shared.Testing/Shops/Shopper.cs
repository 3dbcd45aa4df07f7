using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Shared.Testing;

/// <summary>
/// A patient client of the shop with an operator's token: on a broken connection or an answer of 5xx it repeats the request under the same idempotency key,
/// as a good client does, and remembers which orders it was promised.
/// </summary>
public sealed class Shopper(Uri shop) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http = new() { BaseAddress = shop, Timeout = TimeSpan.FromSeconds(15) };
    private readonly List<Guid> _promised = [];

    /// <summary>The orders whose placing was answered by success.</summary>
    public IReadOnlyCollection<Guid> Promised
    {
        get { lock (_promised) return [.. _promised]; }
    }

    public static Task<Shopper> OperatorAsync(Shop shop) => OperatorAsync(shop.Address);

    public static Task<Shopper> OperatorAsync(Uri address) => AsAsync(ShopProgram.Operator, address);

    public static async Task<Shopper> AsAsync(ShopProgram program, Uri address)
    {
        var shopper = new Shopper(address);
        var answer = await shopper.PatientlyAsync(ShopProgram.TokensAt, program.Ask) ?? throw new InvalidOperationException($"The shop at {address} has no provider.");
        shopper.Token = (string)answer["access_token"]!;
        return shopper;
    }

    public string Token
    {
        get => _http.DefaultRequestHeaders.Authorization!.Parameter!;
        set => _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", value);
    }

    public Task ReceiveAsync(string sku, int quantity) =>
        PostAsync("/v1/inventory/receipts", new { reference = $"{sku} {quantity}", lines = new[] { new { sku, quantity } } });

    /// <summary>Places an order for a customer at an agreed price of 2.50 each.</summary>
    public async Task<Guid> PlaceAsync(string sku, int quantity = 1, string paymentToken = "test-ok")
    {
        var answer = await PostAsync("/v1/orders", new { customerId = Guid.CreateVersion7(), lines = new[] { new { sku, quantity, unitPrice = 2.50m } }, paymentToken });
        var id = (Guid)answer["id"]!;
        lock (_promised) _promised.Add(id);
        return id;
    }

    /// <summary>Places orders one after the other over several connections.</summary>
    public async Task PlaceAsync(string sku, int orders, int connections, Func<int, string>? paymentToken = null)
    {
        var left = orders;
        await Task.WhenAll(Enumerable.Range(0, connections).Select(async _ =>
        {
            for (int n; (n = Interlocked.Decrement(ref left)) >= 0;) await PlaceAsync(sku, 1, paymentToken?.Invoke(n) ?? "test-ok");
        }));
    }

    public async Task<string> StatusAsync(Guid order) => (string)(await GetAsync($"/v1/orders/{order}"))["status"]!;

    public Task UntilAsync(Guid order, string status) =>
        Eventually.Get(() => StatusAsync(order), now => now == status, $"order {order} is {status}", TimeSpan.FromSeconds(60));

    public Task<JsonNode> CancelAsync(Guid order) => PostAsync($"/v1/orders/{order}/cancel", new { reason = "changed their mind" });

    public async Task SendAsync(Guid order)
    {
        await UntilAsync(order, "confirmed");
        await Eventually.True(async () => (await TryGetAsync($"/v1/shipping/shipments/{order}")) is not null, $"a shipment of order {order}");
        await PostAsync($"/v1/shipping/shipments/{order}/dispatch", new { });
        await PostAsync($"/v1/shipping/shipments/{order}/deliver", new { });
        await UntilAsync(order, "completed");
    }

    public async Task<JsonNode> GetAsync(string path) => await TryGetAsync(path) ?? throw new InvalidOperationException($"{path} is not there.");

    public Task<JsonNode> PostAsync(string path, object body) => SendAsync(HttpMethod.Post, path, () => JsonContent.Create(body));

    /// <summary>Whatever is there now is changed.</summary>
    public Task<JsonNode> SendAsync(HttpMethod method, string path, Func<HttpContent> body)
    {
        var key = Guid.CreateVersion7().ToString();
        return PatientlyAsync(path, () => new HttpRequestMessage(method, path) { Content = body(), Headers = { { "Idempotency-Key", key }, { "If-Match", "*" } } })!;
    }

    public void Dispose() => _http.Dispose();

    private Task<JsonNode?> TryGetAsync(string path) => PatientlyAsync(path, () => new HttpRequestMessage(HttpMethod.Get, path));

    private async Task<JsonNode?> PatientlyAsync(string path, Func<HttpRequestMessage> request)
    {
        JsonNode? answer = null;
        await Eventually.True(async () =>
        {
            using var message = request();
            using var response = await _http.SendAsync(message);
            var body = await response.Content.ReadAsStringAsync();
            // A fault, or somebody else was quicker with the same order: once more.
            if ((int)response.StatusCode >= 500 || body.Contains("\"code\":\"conflict\"", StringComparison.Ordinal)) throw new HttpRequestException($"{(int)response.StatusCode} {body}");
            if (response.StatusCode == HttpStatusCode.NotFound) return true;
            if (!response.IsSuccessStatusCode) throw new NeverException($"{message.Method} {path} was answered {(int)response.StatusCode} {body}");

            answer = JsonNode.Parse(body);
            return true;
        }, $"an answer of {path}", Patience);
        return answer;
    }
}
