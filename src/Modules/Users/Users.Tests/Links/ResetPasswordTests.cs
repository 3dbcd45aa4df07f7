using System.Net;
using Shared.Testing;

namespace Users.Tests;

[Collection(typeof(AnotherMail))]
public sealed class ResetPasswordTests(TheMail mail)
{
    private const string Ask = "/v1/users/forgot-password", Subject = "Set a new password", NewPassword = "another long password";

    [Fact]
    public async Task who_has_the_mailed_link_sets_a_new_password_and_is_told_so()
    {
        await mail.ACustomer("ann-resets@example.com");
        var link = await Asked("ann-resets@example.com");
        using var browser = mail.ABrowser();

        var set = await browser.Submit(link, ("password", NewPassword));

        Assert.Contains("Your new password is set", await set.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("do not fit", await (await browser.SignIn("ann-resets@example.com")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("You are signed in", await (await browser.SignIn("ann-resets@example.com", NewPassword)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Single(await mail.Mails("ann-resets@example.com", "Your password was changed"));
    }

    [Fact]
    public async Task every_session_and_every_refresh_token_ends_with_it()
    {
        const string email = "ann-everywhere@example.com";
        await mail.ACustomer(email);
        using var elsewhere = mail.ABrowser();
        using var browser = mail.ABrowser();
        await elsewhere.SignIn(email);
        var tokens = await Tokens(elsewhere);
        var request = new CodeRequest();
        var code = await elsewhere.Code(request);
        Assert.Equal(HttpStatusCode.OK, (await elsewhere.Refresh((await Tokens(elsewhere)).Text("refresh_token"))).StatusCode);

        await browser.Submit(await Asked(email), ("password", NewPassword));

        Assert.StartsWith("/v1/users/sign-in", (await elsewhere.Get(new CodeRequest().Address)).Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), await (await elsewhere.Refresh(tokens.Text("refresh_token"))).Refusal());
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), await (await elsewhere.Exchange(request, code)).Refusal());
        Assert.True(await browser.IsRevoked(tokens));
        await browser.SignIn(email, NewPassword);
        Assert.Equal(HttpStatusCode.OK, (await browser.Refresh((await Tokens(browser)).Text("refresh_token"))).StatusCode);
    }

    [Fact]
    public async Task tokens_of_before_there_were_generations_are_good_until_the_first_reset()
    {
        const string email = "ann-older@example.com";
        var ann = await mail.ACustomer(email);
        await mail.Module.Query<Guid>("update mt_doc_account set data = data - 'generation' - 'emailConfirmedAt' where id = $1 returning id", ann);
        using var browser = mail.ABrowser();
        await browser.SignIn(email);
        var tokens = await Tokens(browser);
        var next = await (await browser.Refresh(tokens.Text("refresh_token"))).Json();

        await browser.Submit(await Asked(email), ("password", NewPassword));

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), await (await browser.Refresh(next.Text("refresh_token"))).Refusal());
    }

    [Fact]
    public async Task a_lock_out_ends_and_the_address_is_confirmed()
    {
        const string email = "ann-locked-out@example.com";
        var ann = await mail.ACustomer(email);
        using var browser = mail.ABrowser();
        for (var i = 0; i < 3; i++) await browser.SignIn(email, "wrong password");

        await browser.Submit(await Asked(email), ("password", NewPassword));

        Assert.Contains("You are signed in", await (await browser.SignIn(email, NewPassword)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True(await mail.Module.Query<bool>("select data ->> 'emailConfirmedAt' is not null from mt_doc_account where id = $1", ann));
    }

    [Fact]
    public async Task of_two_who_follow_a_link_at_once_one_sets_the_password_and_no_other_link_is_left()
    {
        const string email = "ann-twice@example.com";
        await mail.ACustomer(email);
        var first = await Asked(email);
        await mail.Wait(email, MailLink.Pause);
        var second = await Asked(email);
        using var browser = mail.ABrowser();
        await browser.Get(first);

        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => browser.Submit(first, ("password", NewPassword))));
        var late = await browser.Submit(second, ("password", "a third long password"));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.All(answers.Where(answer => answer.StatusCode != HttpStatusCode.OK).Append(late), answer => Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode));
        Assert.Equal(0, await mail.Module.Query<long>("select count(*) from account_links where email = $1 and until > now()", email));
        Assert.Single(await mail.Mails(email, "Your password was changed"));
    }

    [Fact]
    public async Task a_weak_password_is_said_and_does_not_use_the_link_up()
    {
        await mail.ACustomer("ann-weak@example.com");
        var link = await Asked("ann-weak@example.com");
        using var browser = mail.ABrowser();

        var weak = await browser.Submit(link, ("password", "short"));
        var set = await browser.Submit(link, ("password", NewPassword));

        Assert.Equal(HttpStatusCode.BadRequest, weak.StatusCode);
        Assert.Contains("The password must have 10 to 200 characters.", await weak.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, set.StatusCode);
    }

    [Fact]
    public async Task a_link_for_something_else_or_too_old_sets_nothing()
    {
        await mail.Registered("ann-wrong-link@example.com");
        var confirmation = (await mail.Link("ann-wrong-link@example.com", "Confirm your e-mail address")).Split("secret=")[1];
        var link = await Asked("ann-wrong-link@example.com");
        await mail.Wait("ann-wrong-link@example.com", LinkKind.Reset.Lifetime);
        using var browser = mail.ABrowser();

        foreach (var bad in new[] { link, $"/v1/users/reset-password?secret={confirmation}", "/v1/users/reset-password" })
            Assert.Equal(HttpStatusCode.Conflict, (await browser.Submit(bad, ("password", NewPassword))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.SignIn("ann-wrong-link@example.com")).StatusCode);
    }

    [Fact]
    public async Task whether_an_address_is_known_is_not_told_and_nobody_is_flooded()
    {
        await mail.ACustomer("ann-asked@example.com");
        using var browser = mail.ABrowser();

        var answers = new List<string>();
        foreach (var name in new[] { "ann-asked", "ann-asked", "no-such-one" })
        {
            var page = await browser.Submit(Ask, ("email", $"{name}@example.com"));
            answers.Add($"{page.StatusCode} {(await page.Content.ReadAsStringAsync()).Replace(name, "it", StringComparison.Ordinal)}");
        }

        Assert.Single(answers.Distinct());
        Assert.Single(await mail.Mails("ann-asked@example.com", Subject));
        Assert.Empty(await mail.Mails("no-such-one@example.com", Subject));
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.Submit(Ask, ("email", "ann"))).StatusCode);
    }

    [Fact]
    public async Task who_was_opened_an_account_for_sets_the_first_password_by_it()
    {
        const string email = "colleague@example.com";
        using var importer = await mail.Importer();
        await importer.PostOnce("/v1/users/accounts", new { email, name = "Colleague", role = "operator" });
        using var browser = mail.ABrowser();

        await browser.Submit(await Asked(email), ("password", NewPassword));

        Assert.Contains("You are signed in", await (await browser.SignIn(email, NewPassword)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<string> Asked(string email)
    {
        using var browser = mail.ABrowser();
        Assert.Equal(HttpStatusCode.OK, (await browser.Submit(Ask, ("email", email))).StatusCode);
        return await mail.Link(email, Subject);
    }

    private static async Task<System.Text.Json.JsonElement> Tokens(Browser browser)
    {
        var request = new CodeRequest();
        return await (await browser.Exchange(request, await browser.Code(request))).Json();
    }
}
