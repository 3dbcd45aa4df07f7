using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Shared.Kernel;
using Shared.Testing;

namespace Users.Tests;

/// <summary>Two hosts with the module on one database, as behind a load balancer.</summary>
public sealed class TwoInstances : IAsyncLifetime
{
    public string Database { get; private set; } = null!;

    public ModularHost One { get; private set; } = null!;

    public ModularHost Two { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        // At once, on an empty database.
        var hosts = await Task.WhenAll(StartAsync(), StartAsync());
        (One, Two) = (hosts[0], hosts[1]);
    }

    public async ValueTask DisposeAsync()
    {
        await One.DisposeAsync();
        await Two.DisposeAsync();
        await (await PostgresServer.SharedAsync()).DropDatabaseAsync(Database);
    }

    private async Task<ModularHost> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [.. ModularHost.SettingsOnce], EnvironmentName = "Development" });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(TheProvider.Settings)
        {
            ["Urls"] = "http://127.0.0.1:0", ["Database:Administrator"] = Database, ["Database:Secret"] = ModuleUnderTest.Secret, ["Logging:LogLevel:Default"] = "Critical",
        });
        var modules = ModuleUnderTest.AmongOthers(new UsersModule());
        return await ModularHost.StartAsync(builder, modules, Manifest.Of(modules));
    }
}

public sealed class TwoInstancesTests(TwoInstances instances) : IClassFixture<TwoInstances>
{
    [Fact]
    public async Task what_one_begins_the_other_goes_on_with()
    {
        using var browser = new Browser(instances.One.Address);
        using var other = browser.Elsewhere(instances.Two.Address);
        var request = new CodeRequest();

        var back = await browser.Submit(new Uri(instances.One.Address, (await browser.Get(request.Address)).Headers.Location!).PathAndQuery.Replace("sign-in", "register", StringComparison.Ordinal),
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
        using var browser = new Browser(instances.One.Address);
        await Task.WhenAll(browser.Get("/v1/users/keys"), browser.Elsewhere(instances.Two.Address).Get("/v1/users/keys"));

        await using var database = Npgsql.NpgsqlDataSource.Create(instances.Database);
        await using var count = database.CreateCommand("select (select count(*) from users.protection_keys), (select count(*) from users.mt_doc_signingkey)");
        await using var reader = await count.ExecuteReaderAsync();
        await reader.ReadAsync();
        Assert.Equal((1L, 1L), (reader.GetInt64(0), reader.GetInt64(1)));
    }
}
