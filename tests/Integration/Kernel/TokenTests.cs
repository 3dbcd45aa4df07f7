using System.Net;
using System.Security.Claims;
using Microsoft.Extensions.Logging.Abstractions;
using Shared.Kernel;
using Shared.Testing;
using Toys;

namespace Integration;

public sealed class TokenTests
{
    [Fact]
    public async Task while_the_issuer_is_away_a_token_is_not_refused_but_to_be_tried_again()
    {
        var issuer = await TestIssuer.SharedAsync();
        await using var wire = TcpProxy.To(issuer.Address.Port);
        await wire.GoDownAsync();
        await using var module = await ModuleUnderTest.StartAsync(new ToysModule(), new Dictionary<string, string?> { ["Tokens:Authority"] = wire.Through(issuer.Address).ToString() });
        using var client = module.AsOperator();

        using (var away = await client.GetAsync("/v1/toys/status"))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, away.StatusCode);
            Assert.NotNull(away.Headers.RetryAfter);
            Assert.Contains("The issuer of tokens does not answer", await away.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        wire.ComeBack();
        await Eventually.True(async () => (await client.GetAsync("/v1/toys/status")).StatusCode == HttpStatusCode.OK, "the token is accepted");
    }

    [Fact]
    public async Task the_list_of_revoked_tokens_is_read_once_in_a_while_and_the_last_one_holds_while_the_issuer_is_away()
    {
        var clock = new ManualClock();
        var issuer = new Issuer();
        using var revocations = new Revocations(issuer, clock, NullLogger<Revocations>.Instance);

        Assert.True(await Has("jti", "one"));
        Assert.False(await Has("jti", "two"));
        Assert.False(await Has("sid", "one"));
        Assert.Equal(1, issuer.Asked);

        foreach (var broken in new Func<HttpResponseMessage>[] { () => throw new HttpRequestException("away"), () => new(HttpStatusCode.ServiceUnavailable), () => Said("<html>"), () => Said("null"), () => Said("""{ "jti": 7 }""") })
        {
            issuer.Answer = broken;
            clock.Advance(Revocations.Age);
            Assert.True(await Has("jti", "one"));
            Assert.False(await Has("jti", "two"));
        }

        Assert.Equal(6, issuer.Asked);
        issuer.Answer = () => Said("""{ "sid": ["one"] }""");
        Assert.False(await Has("sid", "one"));
        clock.Advance(Revocations.Age);
        Assert.Equal((false, true), (await Has("jti", "one"), await Has("sid", "one")));

        Task<bool> Has(string claim, string value) =>
            revocations.HasAsync(new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", "ann"), new Claim(claim, value)])), new Uri("http://issuer.example/revocations"), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task of_many_requests_one_asks_for_the_list_and_who_goes_away_meanwhile_leaves_the_next_to_ask()
    {
        var issuer = new Issuer { Hold = new TaskCompletionSource() };
        using var revocations = new Revocations(issuer, TimeProvider.System, NullLogger<Revocations>.Instance);
        using var gone = new CancellationTokenSource();
        var list = new Uri("http://issuer.example/revocations");
        var ann = new ClaimsPrincipal(new ClaimsIdentity([new Claim("jti", "one")]));

        var first = revocations.HasAsync(ann, list, gone.Token);
        var many = Enumerable.Range(0, 20).Select(_ => revocations.HasAsync(ann, list, CancellationToken.None)).ToArray();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        issuer.Hold.SetResult();

        Assert.All(await Task.WhenAll(many), Assert.True);
        Assert.Equal(2, issuer.Asked);
    }

    private static HttpResponseMessage Said(string json) => new(HttpStatusCode.OK) { Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json") };

    private sealed class ManualClock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Advance(TimeSpan by) => _now += by.Ticks;
    }

    /// <summary>An issuer's list, without a network.</summary>
    private sealed class Issuer : HttpMessageHandler, IHttpClientFactory
    {
        private int _asked;

        public int Asked => _asked;

        public Func<HttpResponseMessage> Answer { get; set; } = () => Said("""{ "jti": ["one"] }""");

        public TaskCompletionSource? Hold { get; init; }

        public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            if (Hold is { } hold) await hold.Task.WaitAsync(cancellationToken);
            return Answer();
        }
    }
}
