using System.Net;
using Microsoft.IdentityModel.JsonWebTokens;
using Shared.Testing;

namespace Users.Tests;

[Collection(typeof(OneProvider))]
public sealed class RefreshTests(TheProvider provider)
{
    [Fact]
    public async Task a_refresh_token_is_good_once_and_brings_the_next()
    {
        var first = await provider.Tokens();
        using var browser = provider.ABrowser();

        var second = await (await browser.Refresh(first.Text("refresh_token"))).Json();
        var third = await browser.Refresh(second.Text("refresh_token"));

        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
        Assert.NotEqual(first.Text("refresh_token"), second.Text("refresh_token"));
    }

    [Fact]
    public async Task a_refresh_token_that_comes_twice_ends_all_that_came_of_it()
    {
        var first = await provider.Tokens();
        using var browser = provider.ABrowser();
        var second = await (await browser.Refresh(first.Text("refresh_token"))).Json();

        var again = await browser.Refresh(first.Text("refresh_token"));

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), await again.Refusal());
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), await (await browser.Refresh(second.Text("refresh_token"))).Refusal());
    }

    [Fact]
    public async Task of_many_who_bring_a_refresh_token_at_once_one_gets_the_next()
    {
        var tokens = await provider.Tokens();
        using var browser = provider.ABrowser();

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => browser.Refresh(tokens.Text("refresh_token"))));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.All(answers.Where(answer => answer.StatusCode != HttpStatusCode.OK), answer => Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode));
    }

    [Fact]
    public async Task another_client_cannot_refresh_and_nobody_can_without_having_asked_for_it()
    {
        var tokens = await provider.Tokens();
        using var browser = provider.ABrowser();

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), await (await browser.Refresh(tokens.Text("refresh_token"), "other")).Refusal());
        Assert.False((await provider.Tokens("openid")).TryGetProperty("refresh_token", out _));
    }

    [Fact]
    public async Task a_role_that_has_changed_is_in_the_next_token()
    {
        var tokens = await provider.Tokens();
        using var browser = provider.ABrowser();
        await Become("Operator");

        var next = await (await browser.Refresh(tokens.Text("refresh_token"))).Json();
        await Become("Customer");

        Assert.Equal("operator", new JsonWebToken(next.Text("access_token")).GetClaim("role").Value);

        Task Become(string role) => provider.Module.Query<Guid>("update mt_doc_account set data = jsonb_set(data, '{role}', to_jsonb($2)) where id = $1 returning id", provider.Ann, role);
    }

    [Fact]
    public async Task a_revoked_token_is_good_for_nothing_and_revoking_it_again_changes_nothing()
    {
        var tokens = await provider.Tokens();
        using var browser = provider.ABrowser();

        for (var i = 0; i < 2; i++) Assert.Equal(HttpStatusCode.OK, (await browser.Post("/v1/users/connect/revoke", ("client_id", "shop"), ("token", tokens.Text("refresh_token")))).StatusCode);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), await (await browser.Refresh(tokens.Text("refresh_token"))).Refusal());
    }

    [Fact]
    public async Task what_has_run_out_is_refused()
    {
        await using var quick = await ModuleUnderTest.StartAsync(new UsersModule(), new Dictionary<string, string?>(TheProvider.Settings) { ["Users:Lifetimes:Access"] = "00:00:01", ["Users:Lifetimes:Refresh"] = "00:00:01" });
        await TheProvider.Register(quick, "ann@example.com");
        using var browser = new Browser(quick.Address);
        await browser.SignIn("ann@example.com");
        var request = new CodeRequest();
        var tokens = await (await browser.Exchange(request, await browser.Code(request))).Json();
        await Eventually.True(async () => await quick.Query<bool>("select max(expires_at) < now() from mt_doc_tokenentry where data ->> 'type' like '%refresh_token'"), "the refresh token has run out");

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), await (await browser.Refresh(tokens.Text("refresh_token"))).Refusal());
    }
}
