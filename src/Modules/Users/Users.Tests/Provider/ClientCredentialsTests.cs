using System.Net;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Users.Tests;

[Collection(typeof(OneProvider))]
public sealed class ClientCredentialsTests(TheProvider provider)
{
    [Fact]
    public async Task a_client_acts_in_its_own_name_and_role()
    {
        using var browser = provider.ABrowser();

        var tokens = await (await browser.OwnTokens("importer")).Json();
        var again = await (await browser.OwnTokens("importer")).Json();

        var (token, next) = (new JsonWebToken(tokens.Text("access_token")), new JsonWebToken(again.Text("access_token")));
        Assert.Equal(("at+jwt", "operator", token.Subject), (token.Typ, token.GetClaim("role").Value, next.Subject));
        Assert.True(Guid.TryParse(token.Subject, out _));
        Assert.False(tokens.TryGetProperty("refresh_token", out _));
        Assert.Equal(HttpStatusCode.OK, await browser.WithToken(tokens.Text("access_token"), "/v1/users"));
    }

    [Theory]
    [InlineData("importer-secret-0123456789-0123456788")]
    [InlineData("")]
    [InlineData("\0")]
    public async Task a_wrong_secret_is_refused(string secret)
    {
        using var browser = provider.ABrowser();

        var answer = await browser.OwnTokens("importer", secret);

        Assert.Contains(await answer.Refusal(), new (HttpStatusCode, string?)[] { (HttpStatusCode.Unauthorized, "invalid_client"), (HttpStatusCode.BadRequest, "invalid_client"), (HttpStatusCode.BadRequest, "invalid_request") });
    }

    [Fact]
    public async Task a_client_that_is_a_customer_is_no_operator()
    {
        using var buyer = await TheProvider.Program(provider.Module, "buyer");

        Assert.Equal(HttpStatusCode.Forbidden, (await buyer.GetAsync("/v1/users")).StatusCode);
    }

    [Theory]
    [InlineData("shop")]
    [InlineData("nobody")]
    public async Task a_client_without_a_role_gets_none(string client)
    {
        using var browser = provider.ABrowser();

        var answer = await browser.OwnTokens(client, null);

        Assert.Contains((await answer.Refusal()).Error, new[] { "unauthorized_client", "invalid_client", "invalid_request" });
    }
}
