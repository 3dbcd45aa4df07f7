using System.Net;
using System.Text.Json;
using Shared.Testing;

namespace Users.Tests;

/// <summary>Access tokens that end before their time, as hosts see them: by the list.</summary>
[Collection(typeof(OneProvider))]
public sealed class RevocationTests(TheProvider provider)
{
    [Fact]
    public async Task a_refresh_token_that_is_given_back_takes_the_access_tokens_of_its_grant_along_and_no_others()
    {
        JsonElement first = await provider.Tokens(), others = await provider.Tokens();
        using var browser = provider.ABrowser();
        var second = await (await browser.Refresh(first.Text("refresh_token"))).Json();
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await Read(first), await Read(second)));

        await GiveBack(browser, second.Text("refresh_token"));

        await UntilRefused(first);
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (await Read(second), await Read(others)));
    }

    [Fact]
    public async Task an_access_token_that_is_given_back_ends_alone()
    {
        var tokens = await provider.Tokens();
        using var browser = provider.ABrowser();

        await GiveBack(browser, tokens.Text("access_token"));

        await UntilRefused(tokens);
        Assert.Equal(HttpStatusCode.OK, await Read(await (await browser.Refresh(tokens.Text("refresh_token"))).Json()));
    }

    [Fact]
    public async Task a_program_gives_its_own_token_back()
    {
        using var browser = provider.ABrowser();
        JsonElement given = await (await browser.OwnTokens("importer")).Json(), kept = await (await browser.OwnTokens("importer")).Json();

        await browser.Post("/v1/users/connect/revoke", ("client_id", "importer"), ("client_secret", TheProvider.Secret), ("token", given.Text("access_token")));

        await UntilRefused(given);
        Assert.Equal(HttpStatusCode.OK, await Read(kept));
    }

    [Fact]
    public async Task a_refresh_token_that_comes_twice_ends_the_access_tokens_too()
    {
        var first = await provider.Tokens();
        using var browser = provider.ABrowser();
        var second = await (await browser.Refresh(first.Text("refresh_token"))).Json();

        await browser.Refresh(first.Text("refresh_token"));

        await UntilRefused(second);
    }

    [Fact]
    public async Task the_list_forgets_what_would_have_run_out_by_itself()
    {
        var tokens = await provider.Tokens();
        using var browser = provider.ABrowser();
        await GiveBack(browser, tokens.Text("refresh_token"));
        Assert.True(await browser.IsRevoked(tokens));

        await RevokedFor("24 minutes");
        Assert.True(await browser.IsRevoked(tokens));
        await RevokedFor("26 minutes");
        Assert.False(await browser.IsRevoked(tokens));

        Task RevokedFor(string time) => provider.Module.Query<Guid>("update mt_doc_grant set data = jsonb_set(data, '{revokedAt}', to_jsonb(now() - $2::interval)) where id = $1 returning id", tokens.Grant(), time);
    }

    private static async Task GiveBack(Browser browser, string token) =>
        Assert.Equal(HttpStatusCode.OK, (await browser.Post("/v1/users/connect/revoke", ("client_id", "shop"), ("token", token))).StatusCode);

    private Task UntilRefused(JsonElement tokens) => Eventually.True(async () => await Read(tokens) == HttpStatusCode.Unauthorized, "the token is refused");

    private async Task<HttpStatusCode> Read(JsonElement tokens)
    {
        using var browser = provider.ABrowser();
        return await browser.WithToken(tokens.Text("access_token"), $"/v1/users/{provider.Ann}");
    }
}
