using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Shared.Testing;

namespace Users.Tests;

public sealed class IssuerTests
{
    // Without an outside authority the host checks tokens by this module's own keys.
    private static readonly Dictionary<string, string?> s_own = new() { ["Users:DevelopmentTokens"] = "true", ["Tokens:Authority"] = null };

    [Fact]
    public async Task discovery_names_the_issuer_and_keys_at_the_address_that_was_asked()
    {
        await using var module = await ModuleUnderTest.StartAsync(new UsersModule(), new Dictionary<string, string?>(s_own) { ["Tokens:Issuer"] = "http://issuer" });

        var discovery = await (await module.Anonymous().GetAsync("/v1/users/.well-known/openid-configuration")).Json();

        Assert.Equal("http://issuer", discovery.GetProperty("issuer").GetString());
        Assert.Equal(new Uri(module.Address, "/v1/users/keys").AbsoluteUri, discovery.GetProperty("jwks_uri").GetString());
    }

    [Fact]
    public async Task all_who_ask_at_once_for_the_first_key_get_the_same_and_its_public_half_alone()
    {
        await using var module = await ModuleUnderTest.StartAsync(new UsersModule(), s_own);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => module.Anonymous().GetAsync("/v1/users/keys")));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        var sets = await Task.WhenAll(answers.Select(async answer => (await answer.Json()).ToString()));
        Assert.Single(sets.Distinct());
        var key = Assert.Single((await answers[0].Json()).GetProperty("keys").EnumerateArray());
        Assert.Equal(["alg", "crv", "kid", "kty", "use", "x", "y"], key.EnumerateObject().Select(field => field.Name).Order());
        Assert.Equal(1, await module.Query<long>("select count(*) from mt_doc_signingkey"));
    }

    [Fact]
    public async Task a_key_that_the_program_before_this_one_made_goes_on_signing()
    {
        await using var module = await ModuleUnderTest.StartAsync(new UsersModule(), s_own);
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var stored = JsonSerializer.Serialize(new { id = "current", keyId = "of-before", privateKey = pair.ExportPkcs8PrivateKey(), madeAt = TimeProvider.System.GetUtcNow() });
        await module.Query<string>("insert into mt_doc_signingkey (id, data) values ('current', $1::jsonb) returning id", stored);
        using var http = module.Anonymous();

        var issued = await (await http.PostAsJsonAsync("/v1/users/development-tokens", new { role = "operator" })).Json();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", issued.Text("accessToken"));

        Assert.Equal("of-before", new JsonWebToken(issued.Text("accessToken")).Kid);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/v1/users")).StatusCode);
    }

    [Fact]
    public async Task unless_it_is_turned_on_there_is_no_issuer()
    {
        await using var module = await ModuleUnderTest.StartAsync(new UsersModule());
        using var http = module.Anonymous();

        NotThere(await http.PostAsJsonAsync("/v1/users/tokens", new { email = "ann@example.com", password = TheUsers.Password }));
        NotThere(await http.PostAsJsonAsync("/v1/users/development-tokens", new { role = "operator" }));
        NotThere(await http.GetAsync("/v1/users/keys"));
        NotThere(await http.GetAsync("/v1/users/.well-known/openid-configuration"));

        // Where something else might be got, such as an account, a POST is answered 405.
        static void NotThere(HttpResponseMessage answer) => Assert.True(answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed, $"{answer.StatusCode}");
    }
}
