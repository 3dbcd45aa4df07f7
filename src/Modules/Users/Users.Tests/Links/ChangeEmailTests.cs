using System.Net;
using Orders.Contracts;
using Shared.Testing;
using Shipping.Contracts;

namespace Users.Tests;

[Collection(typeof(AnotherMail))]
public sealed class ChangeEmailTests(TheMail mail)
{
    private const string Page = "/v1/users/change-email", ToNew = "Confirm your new e-mail address", ToOld = "Your e-mail address is to be changed";

    [Fact]
    public async Task an_address_changes_when_the_link_that_went_to_the_new_one_is_followed()
    {
        await mail.ACustomer("ann-changes@example.com");
        using var browser = await SignedIn("ann-changes@example.com");

        await Ask(browser, " Ann-Changed@example.com");
        var before = await In("ann-changes@example.com");
        var link = await mail.Link("ann-changed@example.com", ToNew);
        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => browser.Submit(link)));

        Assert.Contains("ann-changed@example.com", Assert.Single(await mail.Mails("ann-changes@example.com", ToOld)), StringComparison.Ordinal);
        Assert.True(before);
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.True(await In("ann-changed@example.com"));
        Assert.False(await In("ann-changes@example.com"));
    }

    [Fact]
    public async Task only_who_is_signed_in_and_knows_the_password_asks_for_it_and_a_wrong_one_counts()
    {
        await mail.ACustomer("ann-guessed@example.com");
        using var stranger = mail.ABrowser();
        using var browser = await SignedIn("ann-guessed@example.com");

        var away = await stranger.Get(Page);
        var back = await stranger.SignIn("ann-guessed@example.com", page: away.Headers.Location!.OriginalString);
        for (var i = 0; i < 3; i++) Assert.Contains("The password does not fit", await Said(await Try(browser, "mine@example.com", "wrong password")), StringComparison.Ordinal);
        var locked = await Try(browser, "mine@example.com");

        Assert.Equal($"/v1/users/sign-in?return={Uri.EscapeDataString(Page)}", away.Headers.Location!.OriginalString);
        Assert.Equal(Page, back.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.BadRequest, locked.StatusCode);
        Assert.False(await In("ann-guessed@example.com"));
        Assert.Empty(await mail.Mails("mine@example.com", ToNew));
        Assert.Empty(await mail.Mails("ann-guessed@example.com", ToOld));
    }

    [Fact]
    public async Task of_two_accounts_that_go_for_an_address_at_once_one_gets_it()
    {
        string[] old = ["ann-goes@example.com", "bob-goes@example.com"];
        var links = new List<string>();
        foreach (var email in old)
        {
            await mail.ACustomer(email);
            using var browser = await SignedIn(email);
            await mail.Wait("both@example.com", MailLink.Pause);
            await Ask(browser, "both@example.com");
            links.Add(await mail.Link("both@example.com", ToNew));
        }

        using Browser one = mail.ABrowser(), two = mail.ABrowser();
        var answers = await mail.AtOnce("select id from mt_doc_account where data ->> 'email' = any($1) for update", old, () => one.Submit(links[0]), () => two.Submit(links[1]));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Contains("has an account already", await Said(answers.Single(answer => answer.StatusCode == HttpStatusCode.Conflict)), StringComparison.Ordinal);
        Assert.Equal(1, await mail.Module.Query<long>("select count(*) from mt_doc_account where data ->> 'email' = 'both@example.com'"));
        Assert.Equal(1, await mail.Module.Query<long>("select count(*) from mt_doc_account where data ->> 'email' = any($1)", (object)old));
    }

    [Fact]
    public async Task an_order_mail_that_waits_goes_to_the_new_address()
    {
        var ann = await mail.ACustomer("ann-moves@example.com");
        var order = Guid.CreateVersion7();
        using var browser = await SignedIn("ann-moves@example.com");
        await Ask(browser, "ann-moved@example.com");
        var link = await mail.Link("ann-moved@example.com", ToNew);

        await mail.Module.Deliver(new ShipmentDispatched(order, "T-9"));
        await browser.Submit(link);
        await mail.Module.Deliver(new OrderPlaced(order, ann, [], 1, "EUR", "test-ok"));

        await Eventually.True(async () => (await mail.Mails("ann-moved@example.com", order.ToString())).Length == 1, "the mail to the new address");
        Assert.Empty(await mail.Mails("ann-moves@example.com", order.ToString()));
    }

    [Fact]
    public async Task a_link_to_the_old_address_is_over_with_it_and_a_new_password_stops_a_change()
    {
        await mail.ACustomer("ann-links@example.com");
        using var browser = await SignedIn("ann-links@example.com");
        await browser.Submit("/v1/users/forgot-password", ("email", "ann-links@example.com"));
        var reset = await mail.Link("ann-links@example.com", "Set a new password");
        await Ask(browser, "ann-next@example.com");

        await browser.Submit(await mail.Link("ann-next@example.com", ToNew));
        var late = await browser.Submit(reset, ("password", "another long password"));
        await Ask(browser, "ann-third@example.com");
        await mail.Wait("ann-links@example.com", MailLink.Pause);
        await browser.Submit("/v1/users/forgot-password", ("email", "ann-next@example.com"));
        await browser.Submit(await mail.Link("ann-next@example.com", "Set a new password"), ("password", "another long password"));
        var stopped = await browser.Submit(await mail.Link("ann-third@example.com", ToNew));

        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.Conflict), (late.StatusCode, stopped.StatusCode));
        Assert.True(await In("ann-next@example.com", "another long password"));
    }

    [Fact]
    public async Task what_is_wrong_with_an_address_is_said_and_nobody_is_flooded()
    {
        await mail.ACustomer("ann-says@example.com");
        await mail.ACustomer("bob-has@example.com");
        using var browser = await SignedIn("ann-says@example.com");

        Assert.Contains("has an account already", await Said(await Try(browser, "bob-has@example.com")), StringComparison.Ordinal);
        Assert.Contains("This is your address already", await Said(await Try(browser, "Ann-says@example.com")), StringComparison.Ordinal);
        Assert.Contains("must be an e-mail address", await Said(await Try(browser, "ann")), StringComparison.Ordinal);
        await Ask(browser, "ann-free@example.com");
        Assert.Contains("No other mail is sent now", await Said(await Try(browser, "ann-free@example.com")), StringComparison.Ordinal);
        Assert.Single(await mail.Mails("ann-free@example.com", ToNew));
        Assert.Single(await mail.Mails("ann-says@example.com", ToOld));
    }

    [Fact]
    public async Task a_new_password_ends_a_link_and_does_not_begin_the_counting_of_mails_anew()
    {
        await mail.ACustomer("ann-floods@example.com");
        using var browser = await SignedIn("ann-floods@example.com");
        await Ask(browser, "victim@example.com");
        await browser.Submit("/v1/users/change-password", ("password", TheUsers.Password), ("new", "another long password"));

        var again = await Try(browser, "victim@example.com", "another long password");

        Assert.Contains("No other mail is sent now", await Said(again), StringComparison.Ordinal);
        var over = await browser.Submit(await mail.Link("victim@example.com", ToNew));
        Assert.Equal(HttpStatusCode.Conflict, over.StatusCode);
        Assert.Contains("/v1/users/sign-in", await Said(over), StringComparison.Ordinal);
    }

    private async Task<Browser> SignedIn(string email)
    {
        var browser = mail.ABrowser();
        Assert.Equal(HttpStatusCode.OK, (await browser.SignIn(email)).StatusCode);
        return browser;
    }

    private static Task<HttpResponseMessage> Try(Browser browser, string email, string password = TheUsers.Password) => browser.Submit(Page, ("email", email), ("password", password));

    private static async Task Ask(Browser browser, string email) => Assert.Contains("Look into your mail", await Said(await Try(browser, email)), StringComparison.Ordinal);

    private static Task<string> Said(HttpResponseMessage answer) => answer.Content.ReadAsStringAsync();

    private async Task<bool> In(string email, string password = TheUsers.Password)
    {
        using var browser = mail.ABrowser();
        return (await browser.SignIn(email, password)).StatusCode == HttpStatusCode.OK;
    }
}
