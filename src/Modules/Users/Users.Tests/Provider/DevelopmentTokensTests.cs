using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Users.Tests;

/// <summary>The development issuer beside the provider: its tokens are signed by the same keys.</summary>
[Collection(typeof(OneProvider))]
public sealed class DevelopmentTokensTests(TheProvider provider)
{
    [Fact]
    public async Task a_development_token_has_the_role_and_the_subject_asked_for()
    {
        using var http = provider.Module.Anonymous();
        var subject = Guid.CreateVersion7();

        var customers = new JsonWebToken(await Token(new { role = "customer", subject }));
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await Token(new { role = "operator" }));

        Assert.Equal((subject.ToString(), "customer"), (customers.Subject, customers.GetClaim("role").Value));
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/v1/users")).StatusCode);

        async Task<string> Token(object body) => (await (await http.PostAsJsonAsync("/v1/users/development-tokens", body)).Json()).GetProperty("accessToken").GetString()!;
    }

    [Fact]
    public async Task a_host_takes_the_tokens_that_the_module_issues()
    {
        using var http = provider.Module.Anonymous();
        var signedIn = await (await http.PostAsJsonAsync("/v1/users/tokens", new { email = TheProvider.AnnsEmail, password = TheUsers.Password })).Json();

        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", signedIn.GetProperty("accessToken").GetString());

        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync($"/v1/users/{provider.Ann}")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await http.GetAsync("/v1/users")).StatusCode);
    }
}
