using System.Net.Http.Json;
using Shared.Testing;
using Users;

namespace Integration;

/// <summary>The provider to clients that others have written, each strict in its own way: discovery, a code with PKCE, the identity token, refresh, revocation, a client's own tokens.</summary>
public sealed class OpenIdTests
{
    [Fact]
    public async Task openid_client_and_oauth4webapi_pass_their_flows()
    {
        const string callback = "http://127.0.0.1:9/callback", secret = "0123456789-0123456789-0123456789";
        using var port = FreePort.Take();
        var issuer = $"http://127.0.0.1:{port.Number}/v1/users";
        await using var users = await ModuleUnderTest.StartAsync(new UsersModule(), new Dictionary<string, string?>
        {
            ["Urls"] = $"http://127.0.0.1:{port.Number}", ["Tokens:Authority"] = null, ["Tokens:Issuer"] = issuer,
            ["Users:Clients:shop:RedirectUris"] = callback, ["Users:Clients:importer:Secret"] = secret, ["Users:Clients:importer:Role"] = "operator",
        });
        using var http = users.Anonymous();
        http.DefaultRequestHeaders.Add("Idempotency-Key", "ann");
        var ann = await (await http.PostAsJsonAsync("/v1/users", new { email = "ann@example.com", password = "correct horse battery", name = "Ann" })).Content.ReadFromJsonAsync<Opened>();

        var said = await Node.RunAsync("openid.js", issuer, callback, "ann@example.com", "correct horse battery", secret);

        Assert.Equal((ann!.Id.ToString(), "ann@example.com", "invalid_grant", "bearer"),
            ((string)said["openidClient"]!["sub"]!, (string)said["openidClient"]!["email"]!, (string)said["openidClient"]!["refused"]!, (string)said["openidClient"]!["own"]!));
        Assert.Equal((ann.Id.ToString(), "bearer", "bearer"), ((string)said["oauth4webapi"]!["sub"]!, (string)said["oauth4webapi"]!["renewed"]!, (string)said["oauth4webapi"]!["own"]!));
    }

    private sealed record Opened(Guid Id);
}
