using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Replay;
using Shared.Testing;

namespace Integration;

/// <summary>How replay rides out a shop that is busy, faulty or away; the shop here is a few lines of HTTP.</summary>
public sealed class ShopClientTests : IAsyncLifetime
{
    private readonly WebApplication _shop;
    private readonly ConcurrentQueue<(string? Key, string? Token)> _orders = new();
    private int _tokens;
    private Func<int, HttpContext, Task> _answer = (_, http) => Json(http, 201, """{"id":"x"}""");

    public ShopClientTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _shop = builder.Build();
        _shop.MapPost(ShopProgram.TokensAt, async http =>
        {
            if ((await http.Request.ReadFormAsync())["client_secret"] == ShopProgram.Operator.Secret) await Json(http, 200, $$"""{"access_token":"token-{{Interlocked.Increment(ref _tokens)}}"}""");
            else await Json(http, 401, """{"error":"invalid_client"}""");
        });
        _shop.MapPost("/v1/orders", async http =>
        {
            _orders.Enqueue((http.Request.Headers["Idempotency-Key"], http.Request.Headers.Authorization));
            await _answer(_orders.Count, http);
        });
    }

    public async ValueTask InitializeAsync() => await _shop.StartAsync();

    public async ValueTask DisposeAsync() => await _shop.DisposeAsync();

    private static Task Json(HttpContext http, int status, string json)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = status < 400 ? "application/json" : "application/problem+json";
        return http.Response.WriteAsync(json);
    }

    private ShopClient Client(double patience = 20, ShopProgram? program = null, string? token = null) => new(new Uri(_shop.Urls.First()), TimeSpan.FromSeconds(patience), token is null ? program ?? ShopProgram.Operator : null, token);

    private static async Task<Answer> PlaceOrder(ShopClient client) => await client.Post("/v1/orders", "key-1", new { a = 1 }, TestContext.Current.CancellationToken);

    [Fact]
    public async Task a_busy_or_faulty_shop_is_asked_again_under_the_same_key()
    {
        _answer = (attempt, http) => attempt switch
        {
            1 => Json(http, 503, """{"code":"unavailable"}"""),
            2 => Json(http, 500, """{"code":"fault"}"""),
            3 => Json(http, 429, """{"code":"too-many"}"""),
            4 => Json(http, 409, """{"code":"conflict"}"""),
            _ => Json(http, 201, """{"id":"x"}"""),
        };
        using var client = Client();

        var answer = await PlaceOrder(client);

        Assert.Equal((true, "x", 4), (answer.Succeeded, answer.Text("id"), client.Repeated));
        Assert.Equal(["key-1", "key-1", "key-1", "key-1", "key-1"], _orders.Select(order => order.Key));
    }

    [Fact]
    public async Task a_connection_that_breaks_is_ridden_out()
    {
        _answer = (attempt, http) =>
        {
            if (attempt <= 2) http.Abort();
            return attempt <= 2 ? Task.CompletedTask : Json(http, 201, """{"id":"x"}""");
        };
        using var client = Client();

        Assert.True((await PlaceOrder(client)).Succeeded);
        Assert.Equal(2, client.Repeated);
    }

    [Fact]
    public async Task a_token_that_is_no_longer_taken_is_replaced()
    {
        _answer = (_, http) => http.Request.Headers.Authorization == "Bearer token-1" ? Json(http, 401, "{}") : Json(http, 201, """{"id":"x"}""");
        using var client = Client();

        Assert.True((await PlaceOrder(client)).Succeeded);
        Assert.Equal(["Bearer token-1", "Bearer token-2"], _orders.Select(order => order.Token));
    }

    [Fact]
    public async Task a_token_that_was_given_is_used_and_cannot_be_replaced()
    {
        using var client = Client(token: "given");
        Assert.True((await PlaceOrder(client)).Succeeded);
        _answer = (_, http) => Json(http, 401, "{}");

        var fault = await Assert.ThrowsAsync<ShopException>(() => PlaceOrder(client));

        Assert.Contains("MODULAR_TOKEN", fault.Message, StringComparison.Ordinal);
        Assert.Equal("Bearer given", _orders.First().Token);
    }

    [Fact]
    public async Task a_client_that_the_shop_does_not_know_is_named()
    {
        using var client = Client(program: ShopProgram.Operator with { Secret = "another" });

        var fault = await Assert.ThrowsAsync<ShopException>(() => PlaceOrder(client));

        Assert.Contains("the client 'operator' no token (401 invalid_client", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("another", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task many_at_once_sign_in_once()
    {
        using var client = Client();

        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => PlaceOrder(client)));

        Assert.Equal(1, _tokens);
    }

    [Theory]
    [InlineData(409, """{"code":"order.dispatched","detail":"The parcel has left."}""", "order.dispatched")]
    [InlineData(400, """{"code":"invalid"}""", "invalid")]
    [InlineData(422, "{}", "422")]
    public async Task a_refusal_is_not_repeated(int status, string problem, string code)
    {
        _answer = (_, http) => Json(http, status, problem);
        using var client = Client();

        var answer = await PlaceOrder(client);

        Assert.Equal((false, code, 0), (answer.Succeeded, answer.Code, client.Repeated));
        Assert.Single(_orders);
    }

    [Fact]
    public async Task patience_ends_and_says_why()
    {
        _answer = (_, http) => Json(http, 503, """{"code":"unavailable","detail":"Try later."}""");
        using var client = Client(patience: 0.3);

        var fault = await Assert.ThrowsAsync<ShopException>(() => PlaceOrder(client));

        Assert.Contains("503 unavailable: Try later.", fault.Message, StringComparison.Ordinal);
        Assert.Contains("--patience", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_shop_that_is_not_there_is_named()
    {
        await _shop.StopAsync(TestContext.Current.CancellationToken);
        using var client = Client(patience: 0.3);

        Assert.Contains("127.0.0.1", (await Assert.ThrowsAsync<ShopException>(() => PlaceOrder(client))).Message, StringComparison.Ordinal);
    }
}
