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
    public async Task the_list_of_revoked_tokens_is_read_once_in_a_while_and_the_last_one_holds_while_it_cannot_be_read()
    {
        var (clock, issuer) = (new ManualClock(), new Issuer());
        var revocations = Read(issuer, clock);

        Assert.True(await Has(revocations, "jti", "one"));
        Assert.False(await Has(revocations, "jti", "two"));
        Assert.False(await Has(revocations, "sid", "one"));
        Assert.Equal(1, issuer.Asked);

        foreach (var broken in new Func<HttpResponseMessage>[]
        {
            () => throw new HttpRequestException("away"), () => new(HttpStatusCode.ServiceUnavailable), () => Said("<html>"), () => Said("null"), () => Said("""{ "jti": 7 }"""),
            () => new(HttpStatusCode.OK) { Content = new StreamContent(new BrokenOff()) },
        })
        {
            issuer.Answer = broken;
            clock.Advance(2 * Revocations.Age);
            Assert.True(await Has(revocations, "jti", "one"));
            Assert.False(await Has(revocations, "jti", "two"));
        }

        Assert.Equal(7, issuer.Asked);
        issuer.Answer = () => Said("""{ "sid": ["one"] }""");
        Assert.False(await Has(revocations, "sid", "one"));
        clock.Advance(2 * Revocations.Age);
        Assert.Equal((false, true), (await Has(revocations, "jti", "one"), await Has(revocations, "sid", "one")));
    }

    [Fact]
    public async Task nobody_is_let_in_before_the_list_was_read_once()
    {
        var (clock, issuer) = (new ManualClock(), new Issuer { Answer = () => throw new HttpRequestException("away") });
        var revocations = Read(issuer, clock);

        for (var i = 0; i < 2; i++) await Assert.ThrowsAsync<IssuerAwayException>(() => Has(revocations, "jti", "two"));
        issuer.Answer = () => Said("{}");
        clock.Advance(2 * Revocations.Age);

        Assert.False(await Has(revocations, "jti", "two"));
        Assert.Equal(2, issuer.Asked);
    }

    [Fact]
    public async Task of_many_requests_one_asks_for_the_list_and_who_goes_away_meanwhile_changes_nothing()
    {
        var issuer = new Issuer { Hold = new TaskCompletionSource() };
        var revocations = Read(issuer, new ManualClock());
        using var gone = new CancellationTokenSource();

        var first = Has(revocations, "jti", "one", gone.Token);
        var many = Enumerable.Range(0, 20).Select(_ => Has(revocations, "jti", "one")).ToArray();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        issuer.Hold.SetResult();

        Assert.All(await Task.WhenAll(many), Assert.True);
        Assert.Equal(1, issuer.Asked);
    }

    [Fact]
    public async Task a_list_that_is_nearly_old_is_read_while_requests_go_on_and_so_is_one_whose_issuer_was_away_just_now()
    {
        var (clock, issuer) = (new ManualClock(), new Issuer());
        var revocations = Read(issuer, clock);
        Assert.True(await Has(revocations, "jti", "one"));

        // The second time the first one's answer was a fault.
        foreach (var answer in new Func<HttpResponseMessage>[] { () => throw new HttpRequestException("away"), () => Said("{}") })
        {
            (issuer.Hold, issuer.Answer) = (new TaskCompletionSource(), answer);
            clock.Advance(0.9 * Revocations.Age);
            var asked = issuer.Asked + 1;
            await Eventually.True(async () =>
            {
                Assert.True(await Has(revocations, "jti", "one"));
                return issuer.Asked == asked;
            }, "it is asked");
            Assert.True(await Has(revocations, "jti", "one"));
            issuer.Hold.SetResult();
            await Eventually.True(() => Task.FromResult(issuer.Answered == asked), "it has answered");
        }

        await Eventually.True(async () => !await Has(revocations, "jti", "one"), "the new list");
        Assert.Equal(3, issuer.Asked);
    }

    private static Revocations Read(Issuer issuer, TimeProvider clock) => new(issuer, clock, NullLogger<Revocations>.Instance) { Patience = Timeout.InfiniteTimeSpan };

    private static Task<bool> Has(Revocations revocations, string claim, string value, CancellationToken ct = default) =>
        revocations.HasAsync(new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", "ann"), new Claim(claim, value)])), "http://issuer.example/revocations", ct);

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
        private int _asked, _answered;

        public int Asked => Volatile.Read(ref _asked);

        public int Answered => Volatile.Read(ref _answered);

        public Func<HttpResponseMessage> Answer { get; set; } = () => Said("""{ "jti": ["one"] }""");

        public TaskCompletionSource? Hold { get; set; }

        public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            try
            {
                if (Hold is { } hold) await hold.Task.WaitAsync(cancellationToken);
                return Answer();
            }
            finally
            {
                Interlocked.Increment(ref _answered);
            }
        }
    }

    /// <summary>A body whose connection is lost.</summary>
    private sealed class BrokenOff : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("The connection is lost.");
    }
}
