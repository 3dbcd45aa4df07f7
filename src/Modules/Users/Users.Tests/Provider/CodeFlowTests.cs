using System.Net;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Users.Tests;

[Collection(typeof(OneProvider))]
public sealed class CodeFlowTests(TheProvider provider)
{
    [Fact]
    public async Task somebody_signs_in_and_a_client_gets_tokens_that_every_host_takes()
    {
        using var browser = provider.ABrowser();
        var request = new CodeRequest { Scope = "openid email profile offline_access" };

        var toSignIn = await browser.Get(request.Address);
        var signedIn = await browser.SignIn(TheProvider.AnnsEmail, page: toSignIn.Headers.Location!.OriginalString);
        var back = await browser.Get(signedIn.Headers.Location!.OriginalString);
        var answer = await browser.Exchange(request, Browser.Parameter(back, "code")!);

        Assert.StartsWith("https://shop.example/callback?", back.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(request.State, Browser.Parameter(back, "state"));
        Assert.True(answer.Headers.CacheControl!.NoStore);
        var tokens = await answer.Json();
        var (access, identity) = (new JsonWebToken(tokens.Text("access_token")), new JsonWebToken(tokens.Text("id_token")));
        Assert.Equal(("at+jwt", "ES256", "http://modular"), (access.Typ, access.Alg, access.Issuer));
        Assert.Equal((provider.Ann.ToString(), "customer", "modular"), (access.Subject, access.GetClaim("role").Value, access.Audiences.Single()));
        Assert.DoesNotContain(access.Claims, claim => claim.Type is "email" or "name");
        Assert.Equal((provider.Ann.ToString(), "shop", "n-1", "http://modular"), (identity.Subject, identity.Audiences.Single(), identity.GetClaim("nonce").Value, identity.Issuer));
        Assert.Equal((TheProvider.AnnsEmail, "Ann"), (identity.GetClaim("email").Value, identity.GetClaim("name").Value));
        Assert.Equal(HttpStatusCode.OK, await browser.WithToken(tokens.Text("access_token"), $"/v1/users/{provider.Ann}"));
        Assert.Equal(HttpStatusCode.Forbidden, await browser.WithToken(tokens.Text("access_token"), "/v1/users"));
        Assert.Equal(HttpStatusCode.OK, await browser.WithToken(tokens.Text("access_token"), "/v1/users/connect/userinfo"));
    }

    [Fact]
    public async Task a_customer_who_registers_on_the_way_is_signed_in_and_comes_back()
    {
        using var browser = provider.ABrowser();
        var request = new CodeRequest();
        var signIn = (await browser.Get(request.Address)).Headers.Location!.OriginalString;

        var registered = await browser.Submit(signIn.Replace("sign-in", "register", StringComparison.Ordinal), ("name", "New"), ("email", "new-code@example.com"), ("password", TheUsers.Password));
        var back = await browser.Get(registered.Headers.Location!.OriginalString);

        Assert.Equal(HttpStatusCode.OK, (await browser.Exchange(request, Browser.Parameter(back, "code")!)).StatusCode);
        var account = await provider.Module.Query<Guid>("select id from mt_doc_account where data ->> 'email' = 'new-code@example.com'");
        Assert.Single(await provider.Module.Published<Contracts.UserRegistered>(), told => told.UserId == account);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData(null)]
    public async Task a_code_without_a_hashed_challenge_is_refused(string? method)
    {
        using var browser = provider.ABrowser();

        var answer = await browser.Get(new CodeRequest { Method = method }.Address);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("invalid_request", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_wrong_verifier_is_refused()
    {
        var browser = provider.Anns;
        var request = new CodeRequest();

        var answer = await browser.Exchange(request, await browser.Code(request), verifier: new CodeRequest().Verifier);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), await answer.Refusal());
    }

    [Fact]
    public async Task another_clients_code_is_refused()
    {
        var browser = provider.Anns;
        var request = new CodeRequest();

        var answer = await browser.Exchange(request with { Client = "other" }, await browser.Code(request), request.Verifier);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), await answer.Refusal());
    }

    [Fact]
    public async Task a_code_that_comes_twice_is_refused_and_ends_the_tokens_of_the_first()
    {
        var browser = provider.Anns;
        var request = new CodeRequest();
        var code = await browser.Code(request);
        var tokens = await (await browser.Exchange(request, code)).Json();

        var again = await browser.Exchange(request, code);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), await again.Refusal());
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), await (await browser.Refresh(tokens.Text("refresh_token"))).Refusal());
    }

    [Fact]
    public async Task of_many_who_bring_a_code_at_once_one_gets_tokens()
    {
        var browser = provider.Anns;
        var request = new CodeRequest();
        var code = await browser.Code(request);

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => browser.Exchange(request, code)));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.All(answers.Where(answer => answer.StatusCode != HttpStatusCode.OK), answer => Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode));
    }

    [Theory]
    [InlineData("shop", "https://evil.example/callback")]
    [InlineData("shop", "https://shop.example/callback/../other")]
    [InlineData("shop", "https://shop.example/callback?more=1")]
    [InlineData("nobody", TheProvider.Callback)]
    [InlineData("importer", TheProvider.Callback)]
    public async Task nobody_is_sent_where_the_client_has_not_said_before(string client, string redirect)
    {
        var browser = provider.Anns;

        var answer = await browser.Get(new CodeRequest { Client = client, Redirect = redirect }.Address);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Null(answer.Headers.Location);
        Assert.Contains("This does not work", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_client_that_wants_no_page_is_told_that_nobody_has_signed_in()
    {
        using var browser = provider.ABrowser();

        var answer = await browser.Get(new CodeRequest { Prompt = "none" }.Address);

        Assert.Equal("login_required", Browser.Parameter(answer, "error"));
    }

    [Fact]
    public async Task a_client_that_wants_a_new_sign_in_gets_one_and_then_its_code()
    {
        var browser = provider.Anns;

        var toSignIn = await browser.Get(new CodeRequest { Prompt = "login" }.Address);
        var signedIn = await browser.SignIn(TheProvider.AnnsEmail, page: toSignIn.Headers.Location!.OriginalString);

        Assert.NotNull(Browser.Parameter(await browser.Get(signedIn.Headers.Location!.OriginalString), "code"));
    }

    [Fact]
    public async Task a_request_of_many_characters_is_refused_to_its_client()
    {
        using var browser = provider.ABrowser();

        var answer = await browser.Get(new CodeRequest { State = new string('s', 4000) }.Address);

        Assert.Equal("invalid_request", Browser.Parameter(answer, "error"));
    }
}
