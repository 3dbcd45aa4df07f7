using System.Net;
using System.Text.Json.Nodes;
using Shared.Kernel;
using Shared.Testing;

namespace Integration;

/// <summary>What a gateway does to requests before any module sees them.</summary>
public sealed class GuardTests
{
    private const string Shop = "https://shop.example";

    [Fact]
    public async Task a_page_of_a_named_origin_may_ask_and_read_what_it_needs_and_no_other_may()
    {
        await using var front = await GuardedFront.StartAsync(("Cors:Origins", $"{Shop}, http://127.0.0.1:5173"));
        using var client = front.Client();

        using var preflight = await SendAsync(client, HttpMethod.Options, Shop, ("Access-Control-Request-Method", "PUT"), ("Access-Control-Request-Headers", "authorization,if-match,idempotency-key"));
        using var asked = await SendAsync(client, HttpMethod.Get, Shop);
        using var others = await SendAsync(client, HttpMethod.Get, "https://shop.example.evil.example");

        Assert.Equal((HttpStatusCode.NoContent, Shop), (preflight.StatusCode, Said(preflight, "Access-Control-Allow-Origin")));
        Assert.Contains("PUT", Said(preflight, "Access-Control-Allow-Methods"), StringComparison.Ordinal);
        Assert.Contains("if-match", Said(preflight, "Access-Control-Allow-Headers"), StringComparison.OrdinalIgnoreCase);
        Assert.Equal((HttpStatusCode.OK, Shop), (asked.StatusCode, Said(asked, "Access-Control-Allow-Origin")));
        Assert.Contains("ETag", Said(asked, "Access-Control-Expose-Headers"), StringComparison.Ordinal);
        Assert.Null(Said(asked, "Access-Control-Allow-Credentials"));
        Assert.Null(Said(others, "Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task without_named_origins_nobody_is_let_in()
    {
        await using var front = await GuardedFront.StartAsync();
        using var client = front.Client();

        using var asked = await SendAsync(client, HttpMethod.Get, Shop);

        Assert.Null(Said(asked, "Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("br", "true", "br")]
    [InlineData("gzip", "true", "gzip")]
    [InlineData(null, "true", null)]
    [InlineData("br", "false", null)]
    public async Task answers_are_compressed_for_who_takes_that(string? taken, string setting, string? expected)
    {
        await using var front = await GuardedFront.StartAsync(("Compression", setting));
        using var client = front.Client();

        using var answer = await SendAsync(client, HttpMethod.Get, Shop, ("Accept-Encoding", taken ?? "identity"));

        Assert.Equal(expected, answer.Content.Headers.ContentEncoding.SingleOrDefault());
    }

    [Fact]
    public async Task what_hosts_ask_of_the_issuer_is_never_too_much()
    {
        await using var front = await GuardedFront.StartAsync(("RateLimit:Requests", "1"), ("RateLimit:Window", "01:00:00"));
        using var nobody = front.Client();

        using HttpResponseMessage first = await SendAsync(nobody, HttpMethod.Get), second = await SendAsync(nobody, HttpMethod.Get);
        var issuers = new List<HttpStatusCode>();
        foreach (var path in new[] { ".well-known/openid-configuration", "keys", "revocations" }) issuers.Add((await nobody.GetAsync($"/v1/users/{path}")).StatusCode);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.TooManyRequests), (first.StatusCode, second.StatusCode));
        // This front has no Users module.
        Assert.All(issuers, answer => Assert.Equal(HttpStatusCode.NotFound, answer));
    }

    [Fact]
    public async Task one_caller_s_limit_is_said_and_held_and_is_nobody_else_s()
    {
        await using var front = await GuardedFront.StartAsync(("RateLimit:Requests", "2"), ("RateLimit:Window", "01:00:00"));
        using HttpClient one = front.Client(Guid.CreateVersion7()), other = front.Client(Guid.CreateVersion7()), nobody = front.Client();

        using HttpResponseMessage first = await SendAsync(one, HttpMethod.Get), second = await SendAsync(one, HttpMethod.Get), third = await SendAsync(one, HttpMethod.Get);
        using HttpResponseMessage others = await SendAsync(other, HttpMethod.Get), nobodys = await SendAsync(nobody, HttpMethod.Get), health = await one.GetAsync("/health/live");

        Assert.Equal(("\"caller\";q=2;w=3600", "\"caller\";r=1"), (Said(first, "RateLimit-Policy"), Said(first, "RateLimit")));
        Assert.Equal((HttpStatusCode.OK, "\"caller\";r=0"), (second.StatusCode, Said(second, "RateLimit")));
        Assert.Equal(HttpStatusCode.TooManyRequests, third.StatusCode);
        var problem = JsonNode.Parse(await third.Content.ReadAsStringAsync())!;
        Assert.Equal(("too-many-requests", "application/problem+json"), ((string)problem["code"]!, third.Content.Headers.ContentType!.MediaType));
        Assert.InRange(third.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 3600);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK), (others.StatusCode, nobodys.StatusCode, health.StatusCode));
    }

    [Fact]
    public async Task every_wrong_setting_is_named_with_the_others()
    {
        var refusal = await Assert.ThrowsAsync<ConfigurationFaultsException>(() => GuardedFront.StartAsync(
            ("Cors:Origins", "https://shop.example/, *"), ("Compression", "much"), ("RateLimit:Requests", "none"), ("RateLimit:Window", "00:00:00"), ("Gateway:Timeout", "-1")));

        Assert.All(["'https://shop.example/', which is no origin", "'*', which is no origin", "Compression is 'much'", "RateLimit:Requests is 'none'", "RateLimit:Window is '00:00:00'", "Gateway:Timeout is '-1'"],
            fault => Assert.Contains(fault, refusal.Message, StringComparison.Ordinal));
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, HttpMethod method, string? origin = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, "/v1/echo/anything");
        if (origin is not null) request.Headers.Add("Origin", origin);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await client.SendAsync(request);
    }

    private static string? Said(HttpResponseMessage answer, string header) => answer.Headers.TryGetValues(header, out var values) ? string.Join(',', values) : null;
}
