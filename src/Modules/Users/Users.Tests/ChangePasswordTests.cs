using System.Net;
using System.Text.Json;

namespace Users.Tests;

[Collection(typeof(AnotherMail))]
public sealed class ChangePasswordTests(TheMail mail)
{
    private const string Page = "/v1/users/change-password", NewPassword = "another long password", Told = "Your password was changed";

    [Fact]
    public async Task who_gives_the_old_password_sets_another_and_goes_on_here_and_nowhere_else()
    {
        const string email = "ann-new-password@example.com";
        await mail.ACustomer(email);
        using Browser browser = await SignedIn(email), elsewhere = await SignedIn(email);
        var tokens = await Tokens(elsewhere);
        var request = new CodeRequest();
        var code = await elsewhere.Code(request);

        var done = await Change(browser);

        Assert.Contains("Your new password is set", await Said(done), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await browser.Refresh((await Tokens(browser)).Text("refresh_token"))).StatusCode);
        Assert.StartsWith("/v1/users/sign-in", (await elsewhere.Get(new CodeRequest().Address)).Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), await (await elsewhere.Refresh(tokens.Text("refresh_token"))).Refusal());
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), await (await elsewhere.Exchange(request, code)).Refusal());
        Assert.True(await browser.IsRevoked(tokens));
        Assert.False(await browser.IsRevoked(await Tokens(browser)));
        Assert.Contains("do not fit", await Said(await elsewhere.SignIn(email)), StringComparison.Ordinal);
        Assert.Contains("You are signed in", await Said(await elsewhere.SignIn(email, NewPassword)), StringComparison.Ordinal);
        Assert.Single(await mail.Mails(email, Told));
    }

    [Fact]
    public async Task only_who_is_signed_in_and_knows_the_old_one_changes_it_and_wrong_ones_lock_the_account()
    {
        const string email = "ann-guesses@example.com";
        await mail.ACustomer(email);
        using var stranger = mail.ABrowser();
        using var browser = await SignedIn(email);

        var away = await stranger.Get(Page);
        var back = await stranger.SignIn(email, page: away.Headers.Location!.OriginalString);
        for (var i = 0; i < 3; i++) Assert.Contains("The password does not fit", await Said(await Change(browser, "wrong password")), StringComparison.Ordinal);
        var locked = await Change(browser);

        Assert.Equal($"/v1/users/sign-in?return={Uri.EscapeDataString(Page)}", away.Headers.Location!.OriginalString);
        Assert.Equal(Page, back.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.BadRequest, locked.StatusCode);
        Assert.Empty(await mail.Mails(email, Told));
    }

    [Fact]
    public async Task a_weak_one_is_said_at_its_field_and_changes_nothing()
    {
        const string email = "ann-weak-new@example.com";
        await mail.ACustomer(email);
        using var browser = await SignedIn(email);

        var weak = await Change(browser, to: "short");
        var forged = await browser.Post(Page, ("password", TheUsers.Password), ("new", NewPassword), ("csrf", "guessed"));

        Assert.Contains("<p class=\"error\" id=\"new-error\">The new password must have 10 to 200 characters.</p>", await Said(weak), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (weak.StatusCode, forged.StatusCode));
        Assert.Contains("You are signed in", await Said(await browser.SignIn(email)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task of_two_at_once_one_is_set()
    {
        const string email = "ann-two-new@example.com";
        await mail.ACustomer(email);
        using Browser one = await SignedIn(email), two = await SignedIn(email);

        var answers = await mail.AtOnce("select id from mt_doc_account where data ->> 'email' = $1 for update", email, () => Change(one), () => Change(two, to: "a third long password"));

        // The other one comes too late, or its old password does not fit any more.
        Assert.Contains(Assert.Single(answers, answer => answer.StatusCode != HttpStatusCode.OK).StatusCode, (HttpStatusCode[])[HttpStatusCode.Conflict, HttpStatusCode.BadRequest]);
        using var after = mail.ABrowser();
        Assert.Equal(answers[0].StatusCode == HttpStatusCode.OK, (await after.SignIn(email, NewPassword)).StatusCode == HttpStatusCode.OK);
        Assert.Single(await mail.Mails(email, Told));
    }

    [Fact]
    public async Task of_the_links_that_were_mailed_only_the_one_that_confirms_is_left()
    {
        const string email = "ann-links-left@example.com";
        await mail.Registered(email);
        using var browser = await SignedIn(email);
        await browser.Submit("/v1/users/forgot-password", ("email", email));
        var reset = await mail.Link(email, "Set a new password");
        var confirmation = await mail.Link(email, "Confirm your e-mail address");

        await Change(browser);

        Assert.Equal(HttpStatusCode.Conflict, (await browser.Submit(reset, ("password", "a third long password"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.Submit(confirmation)).StatusCode);
    }

    [Fact]
    public async Task a_second_factor_is_asked_for_as_before()
    {
        const string email = "olga-new-password@example.com";
        using var olga = await (await AnOperator.In(mail, email)).WithSecondFactor();
        using var browser = mail.ABrowser();

        await Change(olga.Browser);
        var asked = await browser.SignIn(email, NewPassword);

        Assert.Equal(AnOperator.CodePage, asked.Headers.Location!.OriginalString);
        Assert.StartsWith("/v1/users/sign-in", (await browser.Get(Page)).Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    private async Task<Browser> SignedIn(string email)
    {
        var browser = mail.ABrowser();
        await browser.SignIn(email);
        return browser;
    }

    private static Task<HttpResponseMessage> Change(Browser browser, string from = TheUsers.Password, string to = NewPassword) => browser.Submit(Page, ("password", from), ("new", to));

    private static Task<string> Said(HttpResponseMessage answer) => answer.Content.ReadAsStringAsync();

    private static async Task<JsonElement> Tokens(Browser browser)
    {
        var request = new CodeRequest();
        return await (await browser.Exchange(request, await browser.Code(request))).Json();
    }
}
