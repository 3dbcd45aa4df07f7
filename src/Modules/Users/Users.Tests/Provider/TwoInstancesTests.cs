using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Shared.Kernel;
using Shared.Testing;

namespace Users.Tests;

/// <summary>Two hosts with the module on one database, as behind a load balancer.</summary>
public sealed class TwoInstancesTests : IAsyncLifetime
{
    private string _database = null!;
    private ModularHost _one = null!, _two = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        // At once, on an empty database.
        var hosts = await Task.WhenAll(StartAsync(), StartAsync());
        (_one, _two) = (hosts[0], hosts[1]);
    }

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
        await (await PostgresServer.SharedAsync()).DropDatabaseAsync(_database);
    }

    [Fact]
    public async Task what_one_begins_the_other_goes_on_with()
    {
        using var browser = new Browser(_one.Address);
        using var other = browser.Elsewhere(_two.Address);
        var request = new CodeRequest();

        var back = await browser.Submit(new Uri(_one.Address, (await browser.Get(request.Address)).Headers.Location!).PathAndQuery.Replace("sign-in", "register", StringComparison.Ordinal),
            ("name", "Ann"), ("email", "ann@example.com"), ("password", TheUsers.Password));
        var code = Browser.Parameter(await other.Get(back.Headers.Location!.OriginalString), "code");
        var tokens = await (await browser.Exchange(request, code!)).Json();

        Assert.Equal(HttpStatusCode.OK, await other.WithToken(tokens.Text("access_token"), "/v1/users/connect/userinfo"));
        Assert.Equal(await (await browser.Get("/v1/users/keys")).Content.ReadAsStringAsync(), await (await other.Get("/v1/users/keys")).Content.ReadAsStringAsync());
        var signedOut = await other.Submit("/v1/users/sign-out");
        Assert.Contains("You are signed out", await signedOut.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => (i % 2 == 0 ? browser : other).Refresh(tokens.Text("refresh_token"))));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.All(answers.Where(answer => answer.StatusCode != HttpStatusCode.OK), answer => Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode));
    }

    [Fact]
    public async Task instances_that_start_together_make_one_key_of_each_kind()
    {
        using var browser = new Browser(_one.Address);
        await Task.WhenAll(browser.Get("/v1/users/keys"), browser.Elsewhere(_two.Address).Get("/v1/users/keys"));

        await using var database = Npgsql.NpgsqlDataSource.Create(_database);
        await using var count = database.CreateCommand("select (select count(*) from users.protection_keys), (select count(*) from users.mt_doc_signingkey)");
        await using var reader = await count.ExecuteReaderAsync();
        await reader.ReadAsync();
        Assert.Equal((1L, 1L), (reader.GetInt64(0), reader.GetInt64(1)));
    }

    private async Task<ModularHost> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [.. ModularHost.SettingsOnce], EnvironmentName = "Development" });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(TheProvider.Settings)
        {
            ["Urls"] = "http://127.0.0.1:0", ["Database:Administrator"] = _database, ["Database:Secret"] = ModuleUnderTest.Secret, ["Logging:LogLevel:Default"] = "Critical",
        });
        Module[] modules = [new UsersModule()];
        return await ModularHost.StartAsync(builder, modules, Manifest.Of(modules));
    }
}
