using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Shared.Testing;

namespace Replay;

/// <summary>The shop did not answer for as long as patience lasts, or answered what no repetition can change.</summary>
internal sealed class ShopException(string message) : Exception(message);

/// <summary>What the shop said: a success's body, or a problem with its stable code.</summary>
internal sealed record Answer(HttpStatusCode Status, JsonElement Body)
{
    public bool Succeeded => (int)Status is >= 200 and < 300;

    /// <summary>The problem's code; the bare status where it has none.</summary>
    public string Code => Text("code") ?? Text("error") ?? $"{(int)Status}";

    public string Problem => $"{(int)Status} {Code}: {Text("detail") ?? Text("title") ?? Text("error_description")}";

    public string? Text(string name) => Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>
/// The shop's public HTTP API as an operator uses it. What gets no answer, or the answer that the shop is busy or faulty, is sent again under the same
/// <c>Idempotency-Key</c>, with growing pauses, for as long as patience lasts: a host that dies and comes back is ridden out.
/// </summary>
/// <param name="program">Whose tokens it asks for, and asks for again when they have run out. Keys are the caller's own: who replays again must be the same.</param>
/// <param name="given">Instead: a token that cannot be had again.</param>
internal sealed class ShopClient(Uri url, TimeSpan patience, ShopProgram? program, string? given = null) : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50), LongestPause = TimeSpan.FromSeconds(2), OneAttempt = TimeSpan.FromSeconds(60);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30) })
    {
        BaseAddress = url,
        Timeout = OneAttempt,
    };

    private readonly SemaphoreSlim _signIn = new(1);
    private volatile string? _token = given;
    private int _repeated;
    private long _longestWait;

    /// <summary>How many requests had to be sent again.</summary>
    public int Repeated => _repeated;

    /// <summary>The longest that one request waited for an answer, repetitions included.</summary>
    public TimeSpan LongestWait => new(_longestWait);

    /// <summary>Waits for a shop that starts, as long as patience lasts.</summary>
    public Task Answers(CancellationToken ct) => Get("/v1/orders?limit=1", ct);

    public Task<Answer> Get(string path, CancellationToken ct) => Send(() => new HttpRequestMessage(HttpMethod.Get, path), signedIn: true, ct);

    public Task<Answer> Post(string path, string key, object body, CancellationToken ct) => Post(path, key, JsonSerializer.SerializeToUtf8Bytes(body, Json), "application/json", ct);

    /// <summary>Without a body: the address says it all.</summary>
    public Task<Answer> Post(string path, string key, CancellationToken ct) => Post(path, key, [], null, ct);

    public Task<Answer> PostCsv(string path, string key, string csv, CancellationToken ct) => Post(path, key, Encoding.UTF8.GetBytes(csv), "text/csv", ct);

    private Task<Answer> Post(string path, string key, byte[] body, string? type, CancellationToken ct) => Send(
        () => new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = type is null ? null : new MediaTypeHeaderValue(type) { CharSet = "utf-8" } } },
            Headers = { { "Idempotency-Key", key } },
        },
        signedIn: true, ct);

    private async Task<Answer> Send(Func<HttpRequestMessage> make, bool signedIn, CancellationToken ct)
    {
        var begin = Stopwatch.GetTimestamp();
        var pause = FirstPause;
        string why;

        for (var attempt = 1; ; attempt++)
        {
            var token = signedIn ? _token ?? await SignIn(null, ct) : null;
            TimeSpan? asked = null;
            try
            {
                using var request = make();
                if (token is not null) request.Headers.Authorization = new("Bearer", token);
                using var response = await _http.SendAsync(request, ct);
                var answer = await Read(response, ct);

                if (response.StatusCode == HttpStatusCode.Unauthorized && signedIn) await SignIn(token, ct);
                else if (!IsPassing(answer))
                {
                    Waited(Stopwatch.GetElapsedTime(begin));
                    return answer;
                }

                why = $"{request.Method} {request.RequestUri} is answered {answer.Problem}";
                asked = response.Headers.RetryAfter?.Delta;
            }
            catch (Exception fault) when (fault is HttpRequestException or IOException || (fault is OperationCanceledException && !ct.IsCancellationRequested))
            {
                why = fault is OperationCanceledException ? $"{url} does not answer within {OneAttempt.TotalSeconds:N0} s" : $"{url} does not answer: {fault.Message}";
            }

            if (Stopwatch.GetElapsedTime(begin) > patience) throw new ShopException($"{why} ({attempt} attempts in {patience.TotalSeconds:N0} s; --patience sets how long).");

            Interlocked.Increment(ref _repeated);
            await Task.Delay(asked > pause ? asked.Value : pause * (0.8 + 0.4 * Random.Shared.NextDouble()), ct);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>One signs in for all; the key of the shop may have changed with its restart.</summary>
    private async Task<string> SignIn(string? refused, CancellationToken ct)
    {
        await _signIn.WaitAsync(ct);
        try
        {
            if (_token is { } other && other != refused) return other;

            if (program is null) throw new ShopException($"The shop does not take the token in {Credentials.Variable}, or not any more: name another, or the secret of a client, by which tokens are asked for again.");

            var answer = await Send(program.Ask, signedIn: false, ct);
            return _token = answer.Text("access_token") ?? throw new ShopException($"The shop gives the client '{program.Id}' no token ({answer.Problem}): is its secret the one that the shop was started with?");
        }
        finally
        {
            _signIn.Release();
        }
    }

    private static bool IsPassing(Answer answer) =>
        (int)answer.Status >= 500 || answer.Status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || answer is { Status: HttpStatusCode.Conflict, Code: "conflict" };

    private static async Task<Answer> Read(HttpResponseMessage response, CancellationToken ct)
    {
        var bytes = await response.Content.ReadAsByteArrayAsync(ct);
        var json = bytes.Length > 0 && response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true;
        return new Answer(response.StatusCode, json ? JsonSerializer.Deserialize<JsonElement>(bytes) : default);
    }

    private void Waited(TimeSpan time)
    {
        for (var longest = _longestWait; time.Ticks > longest; longest = _longestWait)
            if (Interlocked.CompareExchange(ref _longestWait, time.Ticks, longest) == longest) return;
    }

    public void Dispose()
    {
        _http.Dispose();
        _signIn.Dispose();
    }
}
