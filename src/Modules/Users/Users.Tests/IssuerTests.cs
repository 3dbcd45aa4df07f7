using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Shared.Testing;

namespace Users.Tests;

public sealed class IssuerTests
{
    [Fact]
    public async Task all_who_ask_at_once_for_the_first_key_get_the_same_and_its_public_half_alone()
    {
        await using var module = await ModuleUnderTest.StartAsync(new UsersModule(), TheProvider.Settings);

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
        await using var module = await ModuleUnderTest.StartAsync(new UsersModule(), TheProvider.Settings);
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var stored = JsonSerializer.Serialize(new { id = "current", keyId = "of-before", privateKey = pair.ExportPkcs8PrivateKey(), madeAt = TimeProvider.System.GetUtcNow() });
        await module.Query<string>("insert into mt_doc_signingkey (id, data) values ('current', $1::jsonb) returning id", stored);
        using var http = await TheProvider.Program(module, "importer");

        Assert.Equal("of-before", new JsonWebToken(http.DefaultRequestHeaders.Authorization!.Parameter).Kid);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/v1/users")).StatusCode);
    }

    [Fact]
    public async Task unless_a_client_is_named_there_is_no_issuer()
    {
        await using var module = await ModuleUnderTest.StartAsync(new UsersModule());
        using var http = module.Anonymous();

        NotThere(await http.PostAsync("/v1/users/connect/token", new FormUrlEncodedContent([KeyValuePair.Create("grant_type", "client_credentials")])));
        NotThere(await http.GetAsync("/v1/users/keys"));
        NotThere(await http.GetAsync("/v1/users/.well-known/openid-configuration"));

        // Where something else might be got, such as an account, a POST is answered 405.
        static void NotThere(HttpResponseMessage answer) => Assert.True(answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed, $"{answer.StatusCode}");
    }
}
