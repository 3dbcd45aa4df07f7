using System.Net;
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
}
