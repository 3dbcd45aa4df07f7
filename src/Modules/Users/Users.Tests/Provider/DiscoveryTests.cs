using System.Text.Json;
using Shared.Testing;

namespace Users.Tests;

[Collection(typeof(OneProvider))]
public sealed class DiscoveryTests(TheProvider provider)
{
    private const string Path = "/v1/users/.well-known/openid-configuration";

    [Fact]
    public async Task discovery_says_what_there_is()
    {
        var discovery = await (await provider.Module.Anonymous().GetAsync(Path)).Json();

        Assert.Equal("http://modular", discovery.Text("issuer"));
        Assert.Equal(new Uri(provider.Module.Address, "/v1/users/keys").AbsoluteUri, discovery.Text("jwks_uri"));
        Assert.Equal(new Uri(provider.Module.Address, "/v1/users/connect/token").AbsoluteUri, discovery.Text("token_endpoint"));
        Assert.Equal(["S256"], Listed(discovery, "code_challenge_methods_supported"));
        Assert.Equal(["authorization_code", "client_credentials", "refresh_token"], Listed(discovery, "grant_types_supported").Order());
        Assert.Equal(["ES256"], Listed(discovery, "id_token_signing_alg_values_supported"));
    }

    [Fact]
    public async Task an_issuer_that_is_an_address_is_where_everything_is()
    {
        await using var module = await ModuleUnderTest.StartAsync(new UsersModule(), new Dictionary<string, string?>(TheProvider.Settings) { ["Tokens:Issuer"] = "https://shop.example/v1/users" });
        using var browser = new Browser(module.Address);

        var discovery = await (await browser.Get(Path)).Json();
        var page = await browser.Get("/v1/users/sign-in");

        Assert.Equal("https://shop.example/v1/users", discovery.Text("issuer"));
        Assert.Equal("https://shop.example/v1/users/connect/authorize", discovery.Text("authorization_endpoint"));
        Assert.Equal("https://shop.example/v1/users/keys", discovery.Text("jwks_uri"));
        Assert.Equal("https://shop.example/v1/users/revocations", discovery.Text("revocation_list_uri"));
        Assert.Matches("^__Host-shop-form=.*; secure; samesite=lax; httponly$", Assert.Single(page.Headers.GetValues("Set-Cookie")));
    }

    private static IEnumerable<string> Listed(JsonElement discovery, string name) => discovery.GetProperty(name).EnumerateArray().Select(value => value.GetString()!);
}
