using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Shared.Kernel;

namespace Host;

/// <summary>The shop's own API, as an operator: what a module says there is all that export and import know of it.</summary>
internal sealed class ShopApi : IDisposable
{
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(30);

    private readonly HttpClient _shop;
    private readonly IConfiguration _configuration;
    private string? _token;

    private ShopApi(HttpClient shop, IConfiguration configuration) => (_shop, _configuration) = (shop, configuration);

    /// <exception cref="ConfigurationFaultsException">There is no operator's token to be had.</exception>
    public static async Task<ShopApi> OpenAsync(IConfiguration configuration, Uri? address, CancellationToken ct)
    {
        var shop = OwnClient.Open(TimeSpan.FromMinutes(5));
        shop.BaseAddress = address ?? OwnAddress.Of(configuration);
        var api = new ShopApi(shop, configuration);
        await api.SignIn(ct);
        return api;
    }

    public void Dispose() => _shop.Dispose();

    private async Task SignIn(CancellationToken ct) => _token = await OperatorToken.GetAsync(_shop, _configuration, ct);

    /// <summary>Every entry of a list, page by page.</summary>
    public async IAsyncEnumerable<T> All<T>(string path, [EnumeratorCancellation] CancellationToken ct)
    {
        for (string? after = "", next; after is not null; after = next)
        {
            var page = await Get<Page<T>>($"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit={Page<T>.Most}{(after == "" ? "" : $"&after={Uri.EscapeDataString(after)}")}", ct);
            foreach (var item in page.Items) yield return item;
            next = page.Next;
        }
    }

    public async Task<T> Get<T>(string path, CancellationToken ct)
    {
        using var answer = await Send(() => new HttpRequestMessage(HttpMethod.Get, path), ct);
        await MustBeWell(answer, path, ct);
        return (await answer.Content.ReadFromJsonAsync<T>(ct))!;
    }

    public async Task Save(string path, string file, CancellationToken ct)
    {
        using var answer = await Send(() => new HttpRequestMessage(HttpMethod.Get, path), ct);
        await MustBeWell(answer, path, ct);
        await using var target = File.Create(file);
        await answer.Content.CopyToAsync(target, ct);
    }

    public async Task<bool> IsThere(string path, CancellationToken ct)
    {
        using var answer = await Send(() => new HttpRequestMessage(HttpMethod.Get, path), ct);
        if (answer.StatusCode == HttpStatusCode.NotFound) return false;
        await MustBeWell(answer, path, ct);
        return true;
    }

    /// <summary>What the shop answers to a request of ours that may be refused: its body, or the refusal's code and reason.</summary>
    /// <param name="key">The same for the same thing: sent again, it is done once.</param>
    public async Task<(JsonElement? Done, string? Code, string? Refusal)> Put(HttpMethod method, string path, string? key, Func<HttpContent> body, CancellationToken ct)
    {
        using var answer = await Send(() =>
        {
            var request = new HttpRequestMessage(method, path) { Content = body() };
            if (key is not null) request.Headers.Add("Idempotency-Key", key);
            return request;
        }, ct);
        if (answer.IsSuccessStatusCode) return (await answer.Content.ReadFromJsonAsync<JsonElement>(ct), null, null);
        if ((int)answer.StatusCode is not (400 or 404 or 409 or 413 or 422)) await MustBeWell(answer, path, ct);

        var (code, reason) = await Problem(answer, ct);
        return (null, code, reason);
    }

    public static string Key(params object[] of) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', of))))[..32];

    // Away or too busy for a moment, or at it for longer than a token is good: a file of thousands must not end there.
    private async Task<HttpResponseMessage> Send(Func<HttpRequestMessage> request, CancellationToken ct)
    {
        var renewed = false;
        for (var attempt = 1; ; attempt++)
        {
            using var sent = request();
            sent.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
            var answer = await _shop.SendAsync(sent, HttpCompletionOption.ResponseHeadersRead, ct);
            if (answer.StatusCode == HttpStatusCode.Unauthorized && !renewed)
            {
                answer.Dispose();
                await SignIn(ct);
                renewed = true;
                continue;
            }

            if (answer.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable) || attempt == 10) return answer;

            var asked = answer.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1);
            answer.Dispose();
            await Task.Delay(asked < s_longestPause ? asked : s_longestPause, ct);
        }
    }

    private static async Task MustBeWell(HttpResponseMessage answer, string path, CancellationToken ct)
    {
        if (answer.IsSuccessStatusCode) return;

        var (code, reason) = await Problem(answer, ct);
        throw new ExchangeException($"The shop answers {path} by {(int)answer.StatusCode} {code}: {reason}");
    }

    private static async Task<(string Code, string Reason)> Problem(HttpResponseMessage answer, CancellationToken ct)
    {
        var text = await answer.Content.ReadAsStringAsync(ct);
        if (answer.Content.Headers.ContentType?.MediaType != "application/problem+json") return ("no problem body", text.Length > 200 ? text[..200] : text);

        var problem = JsonDocument.Parse(text).RootElement;
        var said = problem.TryGetProperty("detail", out var detail) ? detail.GetString() : null;
        return (problem.TryGetProperty("code", out var code) ? code.GetString()! : "", problem.TryGetProperty("errors", out var errors) ? $"{said} {errors}" : said ?? "");
    }
}
