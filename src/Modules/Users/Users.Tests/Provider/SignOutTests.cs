using System.Net;
using Microsoft.AspNetCore.WebUtilities;

namespace Users.Tests;

[Collection(typeof(OneProvider))]
public sealed class SignOutTests(TheProvider provider)
{
    [Fact]
    public async Task somebody_is_asked_signed_out_and_sent_back_to_the_client()
    {
        using var browser = provider.ABrowser();
        await browser.SignIn(TheProvider.AnnsEmail);
        var request = new CodeRequest();
        var tokens = await (await browser.Exchange(request, await browser.Code(request))).Json();

        var asked = await browser.Get(Address(TheProvider.SignedOut, tokens.Text("id_token")));
        var signedOut = await browser.Submit(asked.Headers.Location!.OriginalString);
        var back = await browser.Get(signedOut.Headers.Location!.OriginalString);

        Assert.Equal($"{TheProvider.SignedOut}?state=s-1", back.Headers.Location!.OriginalString);
        Assert.StartsWith("/v1/users/sign-in", (await browser.Get(request.Address)).Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task nobody_is_sent_where_the_client_has_not_said_before()
    {
        using var browser = provider.ABrowser();

        var answer = await browser.Get(Address("https://evil.example/", null));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Null(answer.Headers.Location);
    }

    [Fact]
    public async Task signing_out_twice_is_signing_out()
    {
        using var browser = provider.ABrowser();
        await browser.SignIn(TheProvider.AnnsEmail);

        var first = await browser.Submit("/v1/users/sign-out");
        var again = await browser.Get("/v1/users/sign-out");

        Assert.Contains("You are signed out", await first.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("You are signed out", await again.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static string Address(string then, string? hint) => QueryHelpers.AddQueryString("/v1/users/connect/logout",
        new Dictionary<string, string?> { ["client_id"] = "shop", ["post_logout_redirect_uri"] = then, ["state"] = "s-1", ["id_token_hint"] = hint }.Where(parameter => parameter.Value is not null));
}
