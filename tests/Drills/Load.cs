using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Shared.Testing;

namespace Drills;

/// <summary>Customers who place orders one after the other, each under a key, and repeat a request until it is answered by success; and what they saw.</summary>
/// <param name="token">An operator's, of an outside issuer; null: the shop issues its own.</param>
internal sealed class Load(Shop shop, int connections, string? token) : IDisposable
{
    // A shop on two cores that is given all it can take while its broker is away needs as long again to work that off: some thirty orders a second are enough to be struck.
    private static readonly TimeSpan BetweenOrders = TimeSpan.FromMilliseconds(100), BetweenAttempts = TimeSpan.FromMilliseconds(200), Patience = TimeSpan.FromMinutes(3);

    private readonly HttpClient _http = new() { BaseAddress = shop.Address, Timeout = TimeSpan.FromSeconds(10) };
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly List<Guid> _promised = [];
    private Task _running = Task.CompletedTask;
    private long _lastSuccess;

    public int Requests { get; private set; }
    public int Failed { get; private set; }
    public TimeSpan LongestGap { get; private set; }

    public IReadOnlyCollection<Guid> Promised
    {
        get { lock (_lock) return [.. _promised]; }
    }

    public async Task StartAsync()
    {
        using var shopper = token is null ? await Shopper.OperatorAsync(shop) : new Shopper(shop.Address) { Token = token };
        await shopper.ReceiveAsync("tea", 1_000_000);
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", shopper.Token);
        _lastSuccess = TimeProvider.System.GetTimestamp();
        _running = Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(PlaceAsync)));
    }

    /// <summary>Returns when at least this many more orders were promised.</summary>
    public Task UntilPromisedAsync(int more)
    {
        var wanted = Promised.Count + more;
        return Eventually.True(() =>
        {
            // Customers who have given up say why.
            if (_running.Exception is { InnerException: { } gone }) throw new NeverException(gone.Message, gone);
            return Task.FromResult(Promised.Count >= wanted);
        }, $"{wanted} orders promised", Patience);
    }

    /// <summary>No further orders; those under way are brought to an answer.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public void Dispose()
    {
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task PlaceAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await PlaceOneAsync(Guid.CreateVersion7().ToString(), customer: Guid.CreateVersion7());
            await Task.Delay(BetweenOrders);
        }
    }

    private async Task PlaceOneAsync(string key, Guid customer)
    {
        var begun = TimeProvider.System.GetTimestamp();
        string? fault;
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/orders")
            {
                Content = JsonContent.Create(new { customerId = customer, lines = new[] { new { sku = "tea", quantity = 1, unitPrice = 2.50m } }, paymentToken = "test-ok" }),
                Headers = { { "Idempotency-Key", key } },
            };
            try
            {
                using var response = await _http.SendAsync(request);
                var text = await response.Content.ReadAsStringAsync();
                if (response.IsSuccessStatusCode)
                {
                    Succeeded((Guid)JsonNode.Parse(text)!["id"]!);
                    return;
                }

                fault = $"{(int)response.StatusCode} {text}";
            }
            catch (Exception broken) when (broken is HttpRequestException or TaskCanceledException)
            {
                // Counted below like any answer but success: nobody knows whether it was done, so it is repeated.
                fault = broken.Message;
            }

            lock (_lock) (Requests, Failed) = (Requests + 1, Failed + 1);
            if (TimeProvider.System.GetElapsedTime(begun) > Patience) throw new TimeoutException($"The order under the key {key} was not taken within {Patience.TotalMinutes:0} min. Last answer: {fault}");
            await Task.Delay(BetweenAttempts);
        }
    }

    private void Succeeded(Guid order)
    {
        lock (_lock)
        {
            var gap = TimeProvider.System.GetElapsedTime(_lastSuccess);
            _lastSuccess = TimeProvider.System.GetTimestamp();
            if (gap > LongestGap) LongestGap = gap;
            Requests++;
            _promised.Add(order);
        }
    }
}
