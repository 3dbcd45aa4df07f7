using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Shared.Testing;

namespace Integration;

/// <summary>What a request meets on its way to a module: here, elsewhere, in several instances, or away.</summary>
public sealed class GatewayTests(GatewayFront front) : IClassFixture<GatewayFront>, IDisposable
{
    private readonly HttpClient _http = front.Http();

    [Theory]
    [InlineData("here")]
    [InlineData("alone")]
    public async Task a_module_sees_the_same_headers_wherever_it_runs_and_none_that_claims_who_asks(string module)
    {
        await front.FreshAsync("alone");
        using var client = new Activity("a client's").Start();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/{module}/echo") { Headers = { { "X-Ordinary", "kept" } } };
        foreach (var claim in (string[])["X-User", "x-user-id", "X-Roles", "X-Auth-Request-Email", "X-Remote-User", "Remote-User", "X-Real-IP", "X-Forwarded-For", "X-Forwarded-Host", "X-Original-URL", "Forwarded"])
            request.Headers.Add(claim, "forged");

        using var response = await _http.SendAsync(request);

        var seen = (await response.Content.ReadFromJsonAsync<Echo.Received>())!.Headers;
        Assert.DoesNotContain(seen, header => header.Value.Contains("forged", StringComparison.Ordinal));
        Assert.Equal("kept", seen["X-Ordinary"]);
        Assert.Equal(_http.BaseAddress!.Authority, seen["Host"]);
        Assert.Contains(client.TraceId.ToString(), seen["traceparent"], StringComparison.Ordinal);
        Assert.Equal([client.TraceId.ToString()], response.Headers.GetValues("X-Request-Id"));
    }

    [Fact]
    public async Task a_destination_is_told_for_whom_the_request_is_forwarded_and_the_client_not_by_what_it_is_served()
    {
        await front.FreshAsync("alone");

        using var response = await _http.GetAsync("/v1/alone/echo");

        var seen = (await response.Content.ReadFromJsonAsync<Echo.Received>())!.Headers;
        Assert.Equal(("127.0.0.1", "http", _http.BaseAddress!.Authority), (seen["X-Forwarded-For"], seen["X-Forwarded-Proto"], seen["X-Forwarded-Host"]));
        Assert.False(response.Headers.Contains("Server") || response.Headers.Contains("X-Powered-By"));
    }

    [Fact]
    public async Task a_module_that_is_away_is_said_to_be_and_is_found_by_the_first_request_once_it_is_back()
    {
        var alone = (await front.FreshAsync("alone"))[0];
        await alone.DieAsync();

        for (var i = 0; i < 3; i++) await MustBeAwayAsync(await _http.GetAsync("/v1/alone/echo"));
        using (var here = await _http.GetAsync("/v1/here/echo")) Assert.Equal(HttpStatusCode.OK, here.StatusCode);
        await alone.StartAsync();
        using var back = await _http.GetAsync("/v1/alone/echo");

        Assert.Equal(HttpStatusCode.OK, back.StatusCode);
    }

    [Fact]
    public async Task a_module_that_is_not_ready_gets_no_requests_until_it_is()
    {
        var alone = (await front.FreshAsync("alone"))[0];
        alone.Ready = false;
        await Eventually.True(async () => (await _http.PostAsync("/v1/alone/echo", null)).StatusCode == HttpStatusCode.ServiceUnavailable, "the gateway knows that the module is not ready");
        var asked = alone.Asked;

        await MustBeAwayAsync(await _http.GetAsync("/v1/alone/echo"));
        Assert.Equal(asked, alone.Asked);
        alone.Ready = true;
        using var back = await _http.GetAsync("/v1/alone/echo");

        Assert.Equal(HttpStatusCode.OK, back.StatusCode);
    }

    [Theory]
    [InlineData("POST", true)]
    [InlineData("POST", false)]
    [InlineData("PUT", true)]
    [InlineData("DELETE", false)]
    [InlineData("GET", true)]
    public async Task what_changes_something_or_has_a_body_is_never_sent_twice(string method, bool body)
    {
        var alone = (await front.FreshAsync("alone"))[0];
        foreach (var end in new Func<HttpContext, Task>[] { StandIn.Abort, StandIn.CloseAsync })
        {
            // On a connection that was used before, HttpClient itself would send a request without a body again.
            alone.Answer = Echo.AnswerAsync;
            (await _http.GetAsync("/v1/alone/echo")).EnsureSuccessStatusCode();
            alone.Answer = end;
            var before = alone.Asked;
            using var request = new HttpRequestMessage(new HttpMethod(method), "/v1/alone/echo") { Content = body ? new StringContent("{}") : null, Headers = { { "Idempotency-Key", "one" } } };

            await MustBeAwayAsync(await _http.SendAsync(request));

            Assert.Equal(1, alone.Asked - before);
        }
    }

    [Fact]
    public async Task a_read_is_sent_once_more_to_the_only_instance()
    {
        var alone = (await front.FreshAsync("alone"))[0];
        alone.Answer = context => alone.Asked == 1 ? StandIn.Abort(context) : Echo.AnswerAsync(context);

        using var response = await _http.GetAsync("/v1/alone/echo");
        Assert.Equal((HttpStatusCode.OK, 2), (response.StatusCode, alone.Asked));

        alone.Answer = StandIn.Abort;
        await MustBeAwayAsync(await _http.GetAsync("/v1/alone/echo"));
        Assert.Equal(4, alone.Asked);
    }

    [Fact]
    public async Task a_read_goes_to_another_instance_and_is_tried_three_times_at_most()
    {
        var pair = await front.FreshAsync("pair");
        pair[0].Answer = StandIn.Abort;
        for (var i = 0; i < 10; i++) (await _http.GetAsync("/v1/pair/echo")).EnsureSuccessStatusCode();
        Assert.Equal(10, pair[1].Asked);

        var four = await front.FreshAsync("four");
        foreach (var instance in four) instance.Answer = StandIn.Abort;
        await MustBeAwayAsync(await _http.GetAsync("/v1/four/echo"));
        Assert.Equal([0, 1, 1, 1], four.Select(instance => instance.Asked).Order());
    }

    [Fact]
    public async Task instances_share_the_requests_and_when_one_dies_no_read_fails()
    {
        var pair = await front.FreshAsync("pair");
        var dead = false;
        var readers = Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            for (var left = 20; left > 0; left -= Volatile.Read(ref dead) ? 1 : 0)
            {
                using var response = await _http.GetAsync("/v1/pair/echo");
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            }
        }));
        await Eventually.True(() => Task.FromResult(pair.All(instance => instance.Asked >= 20) || readers.IsCompleted), "both instances are asked");

        await pair[0].DieAsync();
        Volatile.Write(ref dead, true);
        await readers;
        for (var i = 0; i < 20; i++) (await _http.PostAsync("/v1/pair/echo", null)).EnsureSuccessStatusCode();

        await pair[0].StartAsync();
        await Eventually.True(async () => (await _http.GetAsync("/v1/pair/echo")).IsSuccessStatusCode && pair[0].Asked > 0, "the instance that came back is asked again");
    }

    [Theory]
    [InlineData("none", null, null, 0)]
    [InlineData("none", "X-Canary", "true", 100)]
    [InlineData("none", "X-Canary", "Always", 100)]
    [InlineData("every", null, null, 100)]
    [InlineData("every", "X-Canary", "never", 0)]
    [InlineData("half", "X-Canary", "always", null)]
    [InlineData("half", "X-Try", "always", 100)]
    public async Task a_canary_gets_its_part_of_the_requests_and_those_that_ask_for_it(string module, string? header, string? wish, int? percent)
    {
        var (stable, canary) = await front.FreshAsync(module) is [var one, var other] ? (one, other) : throw new InvalidOperationException();
        if (header is not null) _http.DefaultRequestHeaders.Add(header, wish);

        for (var i = 0; i < 100; i++) (await _http.GetAsync($"/v1/{module}/echo")).EnsureSuccessStatusCode();

        if (percent is null) Assert.InRange(canary.Asked, 10, 90);
        else Assert.Equal(percent, canary.Asked);
        Assert.Equal(100, stable.Asked + canary.Asked);
    }

    [Fact]
    public async Task stable_instances_stand_in_for_a_canary_but_not_it_for_them()
    {
        var every = await front.FreshAsync("every");
        await every[1].DieAsync();
        (await _http.GetAsync("/v1/every/echo")).EnsureSuccessStatusCode();

        every = await front.FreshAsync("every");
        await every[0].DieAsync();
        _http.DefaultRequestHeaders.Add("X-Canary", "never");
        await MustBeAwayAsync(await _http.GetAsync("/v1/every/echo"));

        Assert.Equal(0, every[1].Asked);
    }

    [Fact]
    public async Task a_module_that_does_not_answer_in_time_is_slow_and_not_asked_again()
    {
        var alone = (await front.FreshAsync("alone"))[0];
        alone.Answer = context => Task.Delay(Timeout.Infinite, context.RequestAborted);
        _http.Timeout = TimeSpan.FromSeconds(15);

        using var response = await _http.GetAsync("/v1/alone/echo");

        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal((HttpStatusCode.GatewayTimeout, "module.slow", 1), (response.StatusCode, (string)problem["code"]!, alone.Asked));
        Assert.Contains("'alone' did not answer within 3 seconds", (string)problem["detail"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task bodies_pass_while_they_are_written()
    {
        var alone = (await front.FreshAsync("alone"))[0];
        TaskCompletionSource received = new(TaskCreationOptions.RunContinuationsAsynchronously), goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        alone.Answer = async context =>
        {
            await context.Request.Body.ReadExactlyAsync(new byte[TwoHalves.Half / 2], context.RequestAborted);
            received.SetResult();
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            await context.Response.WriteAsync("first", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await goOn.Task.WaitAsync(context.RequestAborted);
            await context.Response.WriteAsync("second", context.RequestAborted);
        };
        using var request = TwoHalves.Post("/v1/alone/echo", received.Task);

        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte[5]);
        goOn.SetResult();

        Assert.Equal("second", await new StreamReader(body).ReadToEndAsync());
    }

    [Theory]
    [InlineData("here")]
    [InlineData("alone")]
    public async Task a_body_above_the_front_s_limit_is_refused(string module)
    {
        await front.FreshAsync("alone");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/{module}/echo") { Content = new ByteArrayContent(new byte[30_000_001]), Headers = { ExpectContinue = true } };

        using var response = await _http.SendAsync(request);

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "request.too-large"), (response.StatusCode, (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["code"]!));
    }

    [Fact]
    public async Task a_large_body_is_sent_only_when_the_module_wants_it()
    {
        var alone = (await front.FreshAsync("alone"))[0];
        string? expect = null;
        alone.Answer = context =>
        {
            expect = context.Request.Headers.Expect;
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return Task.CompletedTask;
        };

        // A client that does not ask itself.
        using var answer = await _http.PostAsync("/v1/alone/echo", new ByteArrayContent(new byte[1_100_000]));

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "100-continue"), (answer.StatusCode, expect));
    }

    [Fact]
    public async Task tokens_are_checked_by_the_keys_of_any_instance_that_issues_them()
    {
        var issuer = await TestIssuer.SharedAsync();
        using var keys = new HttpClient { BaseAddress = issuer.Address };
        var users = await front.FreshAsync("users");
        await users[0].DieAsync();
        users[1].Answer = async context => await context.Response.WriteAsync(await keys.GetStringAsync("/.well-known/openid-configuration"));
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", issuer.Token("operator", Guid.CreateVersion7()));

        Assert.Equal("yours", await _http.GetStringAsync("/v1/here/mine"));
    }

    public void Dispose() => _http.Dispose();

    private static async Task MustBeAwayAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "module.away"), (response.StatusCode, (string)problem["code"]!));
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
            Assert.Equal("2", Assert.Single(response.Headers.GetValues("Retry-After")));
        }
    }
}
