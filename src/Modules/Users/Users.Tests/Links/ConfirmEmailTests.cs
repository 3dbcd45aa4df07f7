using System.Net;
using System.Net.Http.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Shared.Testing;

namespace Users.Tests;

[Collection(typeof(OneMail))]
public sealed class ConfirmEmailTests(TheMail mail)
{
    private const string Subject = "Confirm your e-mail address", Page = "/v1/users/confirmation-mail";

    [Fact]
    public async Task the_mail_after_registering_confirms_the_address_once()
    {
        var ann = await mail.Registered("ann-confirms@example.com");
        var before = await ConfirmedAt(ann);
        var link = await mail.Link("ann-confirms@example.com", Subject);
        using var browser = mail.ABrowser();

        var opened = await browser.Get(link);
        var untouched = await ConfirmedAt(ann);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => browser.Submit(link)));
        var again = await browser.Submit(link);

        Assert.Equal((HttpStatusCode.OK, "no-referrer"), (opened.StatusCode, opened.Headers.GetValues("Referrer-Policy").Single()));
        Assert.Equal(("never", "never"), (before, untouched));
        Assert.NotEqual("never", await ConfirmedAt(ann));
        Assert.Contains("Your address is confirmed", await Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.All(answers.Where(answer => answer.StatusCode != HttpStatusCode.OK).Append(again), answer => Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode));
        Assert.Contains("This link is not good any more", await again.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task of_a_link_only_a_hash_is_kept_once_its_mail_is_sent()
    {
        var ann = await mail.Registered("ann-hash@example.com");
        var secret = (await mail.Link("ann-hash@example.com", Subject)).Split("secret=")[1];

        Assert.Equal(43, secret.Length);
        Assert.Equal(0, await mail.Module.Query<long>("select count(*) from mt_doc_mail where data::text like '%' || $1 || '%' or data ->> 'link' is not null", secret));
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(secret))), await mail.Module.Query<string>("select encode(hash, 'hex') from account_links where account_id = $1", ann));
    }

    [Fact]
    public async Task a_link_that_is_too_old_or_guessed_confirms_nothing()
    {
        var ann = await mail.Registered("ann-late@example.com");
        var link = await mail.Link("ann-late@example.com", Subject);
        await mail.Wait("ann-late@example.com", LinkKind.Confirm.Lifetime);
        using var browser = mail.ABrowser();

        foreach (var bad in new[] { link, "/v1/users/confirm-email?secret=guessed", "/v1/users/confirm-email" })
            Assert.Equal(HttpStatusCode.Conflict, (await browser.Submit(bad)).StatusCode);
        Assert.Equal("never", await ConfirmedAt(ann));
    }

    [Fact]
    public async Task another_mail_comes_when_it_is_asked_for_but_nobody_is_flooded()
    {
        const string email = "ann-another@example.com";
        await mail.Registered(email);
        using var browser = mail.ABrowser();

        await Ask();
        Assert.Single(await mail.Mails(email, Subject));
        await mail.Wait(email, MailLink.Pause);
        await mail.AtOnce("select pg_advisory_xact_lock(hashtextextended('users.links ' || $1, 0))", email, [.. Enumerable.Repeat(Ask, 3)]);
        Assert.Equal(2, (await mail.Mails(email, Subject)).Length);
        for (var i = 0; i < 5; i++)
        {
            await mail.Wait(email, MailLink.Pause);
            await browser.Submit(Page, ("email", $" {email.ToUpperInvariant()} "));
        }

        Assert.Equal(MailLink.MostADay, (await mail.Mails(email, Subject)).Length);
        Assert.Equal(HttpStatusCode.OK, (await browser.Submit(await mail.Link(email, Subject))).StatusCode);

        async Task<HttpResponseMessage> Ask()
        {
            var answer = await mail.Module.Anonymous().PostAsJsonAsync("/v1/users/confirmation-mails", new { email });
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
            return answer;
        }
    }

    [Fact]
    public async Task whether_an_address_is_known_is_not_told()
    {
        await mail.Registered("ann-known@example.com");
        await mail.Registered("ann-sure@example.com");
        using var browser = mail.ABrowser();
        await browser.Submit(await mail.Link("ann-sure@example.com", Subject));

        var answers = new List<string>();
        foreach (var name in new[] { "ann-known", "ann-sure", "no-one" })
        {
            var page = await browser.Submit(Page, ("email", $"{name}@example.com"));
            var programs = await mail.Module.Anonymous().PostAsJsonAsync("/v1/users/confirmation-mails", new { email = $"{name}@example.com" });
            answers.Add($"{page.StatusCode} {await page.Content.ReadAsStringAsync()} {programs.StatusCode} {await programs.Content.ReadAsStringAsync()}".Replace(name, "it", StringComparison.Ordinal));
        }

        Assert.Single(answers.Distinct());
        Assert.Single(await mail.Mails("ann-sure@example.com", Subject));
    }

    [Fact]
    public async Task what_is_no_address_is_refused()
    {
        using var browser = mail.ABrowser();

        Assert.Equal(["email"], await (await mail.Module.Anonymous().PostAsJsonAsync("/v1/users/confirmation-mails", new { email = "ann" })).Invalid());
        var page = await browser.Submit(Page, ("email", "<b>ann"));
        Assert.Equal(HttpStatusCode.BadRequest, page.StatusCode);
        Assert.DoesNotContain("<b>", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task clients_are_told_whether_an_address_is_confirmed()
    {
        const string email = "ann-claims@example.com";
        await mail.Registered(email);
        using var browser = mail.ABrowser();
        await browser.SignIn(email);

        Assert.Equal("false", await Claim());
        await browser.Submit(await mail.Link(email, Subject));
        Assert.Equal("true", await Claim());

        async Task<string> Claim()
        {
            var request = new CodeRequest { Scope = "openid email" };
            return new JsonWebToken((await (await browser.Exchange(request, await browser.Code(request))).Json()).Text("id_token")).GetClaim("email_verified").Value.ToLowerInvariant();
        }
    }

    [Fact]
    public async Task where_it_is_asked_for_nobody_signs_in_before()
    {
        await using var strict = await ModuleUnderTest.StartAsync(new UsersModule(), new Dictionary<string, string?>(TheMail.Settings) { ["Users:SignIn:ConfirmedEmail"] = "true" });
        using var browser = new Browser(strict.Address);

        var registered = await browser.Submit("/v1/users/register", ("name", "Ann"), ("email", "ann@example.com"), ("password", TheUsers.Password));
        var early = await browser.SignIn("ann@example.com");
        var wrong = await browser.SignIn("ann@example.com", "wrong password");
        var nobody = await browser.Get(new CodeRequest().Address);
        await strict.AtRest();
        await browser.Submit(TheMail.LinkIn(await strict.Query<string>("select body from mailbox")));
        var then = await browser.SignIn("ann@example.com");

        Assert.Contains("Look into your mail", await registered.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("Confirm your address first", await early.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("do not fit", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.StartsWith("/v1/users/sign-in", nobody.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Contains("You are signed in", await then.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_link_is_forgotten_when_it_is_neither_good_nor_counted_any_more()
    {
        foreach (var (name, age) in new[] { ("young", TimeSpan.Zero), ("good", LinkKind.Confirm.Lifetime / 2), ("over", LinkKind.Confirm.Lifetime) })
        {
            await mail.Registered($"ann-{name}@example.com");
            await mail.Wait($"ann-{name}@example.com", age);
        }

        await mail.Housekeeping<ForgetMails>().OnceAsync(CancellationToken.None);

        Assert.Equal(["ann-good@example.com", "ann-young@example.com"], await mail.Module.Query<string[]>("select array_agg(email order by email) from account_links where email = any($1)", (object)new[] { "ann-young@example.com", "ann-good@example.com", "ann-over@example.com" }));
    }

    private Task<string> ConfirmedAt(Guid account) => mail.Module.Query<string>("select coalesce(data ->> 'emailConfirmedAt', 'never') from mt_doc_account where id = $1", account);
}
