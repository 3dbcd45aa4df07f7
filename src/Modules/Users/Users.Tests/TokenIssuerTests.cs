using System.Net;
using System.Net.Http.Json;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Users.Tests;

[Collection(typeof(OneModule))]
public sealed class TokenIssuerTests(TheUsers users)
{
    [Theory]
    [InlineData("customer")]
    [InlineData("operator")]
    public async Task a_token_says_who_and_what_role_for_an_hour(string role)
    {
        var subject = Guid.CreateVersion7();

        var issued = await (await users.Module.Anonymous().PostAsJsonAsync("/v1/users/development-tokens", new { role, subject })).Json();

        var token = new JsonWebToken(issued.Text("accessToken"));
        Assert.Equal(("at+jwt", "ES256", "http://modular", "modular"), (token.Typ, token.Alg, token.Issuer, token.Audiences.Single()));
        Assert.Equal((subject.ToString(), role), (token.Subject, token.GetClaim("role").Value));
        Assert.Equal(("Bearer", 3600), (issued.Text("tokenType"), issued.GetProperty("expiresIn").GetInt32()));
        Assert.Equal(TimeSpan.FromHours(1), token.ValidTo - token.IssuedAt);
    }

    [Theory]
    [InlineData("""{"role":"owner"}""")]
    [InlineData("""{}""")]
    [InlineData("""{"role":"customer","subject":"me"}""")]
    public async Task a_token_of_no_known_role_or_subject_is_refused(string body)
    {
        using var content = new StringContent(body, null, "application/json");

        var answer = await users.Module.Anonymous().PostAsync("/v1/users/development-tokens", content);

        Assert.Equal((HttpStatusCode.BadRequest, "request.malformed"), await answer.Problem());
    }
}
