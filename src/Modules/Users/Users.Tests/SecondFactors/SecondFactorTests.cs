using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OtpNet;

namespace Users.Tests;

[Collection(typeof(AnotherMail))]
public sealed class SecondFactorTests(TheMail mail)
{
    [Fact]
    public async Task from_its_set_up_on_signing_in_takes_a_code_and_each_code_once()
    {
        using var olga = await (await AnOperator.In(mail, "olga-first@example.com")).WithSecondFactor();
        using Browser one = mail.ABrowser(), two = mail.ABrowser();
        var replayed = olga.Code;

        var asked = await olga.SignIn(one);
        await olga.SignIn(two);
        var early = await one.Get(new CodeRequest().Address);
        var again = await Code(one, replayed);
        await olga.Later();
        var code = olga.NextCode;
        var answers = await mail.AtOnce("select id from mt_doc_account where data ->> 'email' = $1 for update", "olga-first@example.com", () => Code(one, code), () => Code(two, code));

        Assert.Equal(AnOperator.CodePage, asked.Headers.Location!.OriginalString);
        Assert.StartsWith("/v1/users/sign-in", early.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Contains("The code does not fit, was used already", await AnOperator.Said(again), StringComparison.Ordinal);
        Assert.Contains("You are signed in", await AnOperator.Said(Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK)), StringComparison.Ordinal);
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task who_came_for_a_client_goes_on_to_it_after_the_code()
    {
        using var olga = await (await AnOperator.In(mail, "olga-client@example.com")).WithSecondFactor();
        await olga.Later();
        using var browser = mail.ABrowser();
        var request = new CodeRequest();

        var asked = await browser.SignIn("olga-client@example.com", page: (await browser.Get(request.Address)).Headers.Location!.OriginalString);
        var back = await browser.Submit(asked.Headers.Location!.OriginalString, ("code", olga.NextCode));
        var code = Browser.Parameter(await browser.Get(back.Headers.Location!.OriginalString), "code");

        Assert.Equal(HttpStatusCode.OK, (await browser.Exchange(request, code!)).StatusCode);
    }

    [Fact]
    public async Task wrong_codes_lock_the_account_and_a_right_password_between_them_does_not_help()
    {
        using var olga = await (await AnOperator.In(mail, "olga-guessed@example.com")).WithSecondFactor();
        await olga.Later();
        using var browser = mail.ABrowser();

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(AnOperator.CodePage, (await olga.SignIn(browser)).Headers.Location?.OriginalString);
            Assert.Equal(HttpStatusCode.BadRequest, (await Code(browser, "00000")).StatusCode);
        }

        Assert.Equal(HttpStatusCode.BadRequest, (await Code(browser, olga.NextCode)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await Code(browser, olga.RecoveryCodes[0])).StatusCode);
        Assert.Contains("do not fit, or too many attempts", await AnOperator.Said(await olga.SignIn(browser)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_recovery_code_signs_in_once_however_it_is_typed()
    {
        using var olga = await (await AnOperator.In(mail, "olga-recovers@example.com")).WithSecondFactor();
        using Browser one = mail.ABrowser(), two = mail.ABrowser();
        await olga.SignIn(one);
        await olga.SignIn(two);

        var first = await Code(one, $" {olga.RecoveryCodes[3].ToLowerInvariant().Replace('-', ' ')} ");
        var second = await Code(two, olga.RecoveryCodes[3]);
        var another = await Code(two, olga.RecoveryCodes[4]);

        Assert.Equal(10, olga.RecoveryCodes.Distinct().Count());
        Assert.All(olga.RecoveryCodes, code => Assert.Matches("^([A-Z2-7]{4}-){3}[A-Z2-7]{4}$", code));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest, HttpStatusCode.OK), (first.StatusCode, second.StatusCode, another.StatusCode));
    }

    [Fact]
    public async Task neither_the_secret_nor_a_recovery_code_can_be_read_in_the_database()
    {
        using var olga = await (await AnOperator.In(mail, "olga-sealed@example.com")).WithSecondFactor();

        foreach (var secret in new[] { olga.Secret, olga.RecoveryCodes[0], SecondFactor.Plain(olga.RecoveryCodes[0]) })
            Assert.Equal(0, await mail.Module.Query<long>("select (select count(*) from mt_doc_secondfactor where data::text like '%' || $1 || '%') + (select count(*) from mt_doc_account where data::text like '%' || $1 || '%')", secret));
    }

    [Fact]
    public async Task the_set_up_shows_the_secret_as_text_address_and_picture_and_takes_a_right_code_first()
    {
        using var olga = await AnOperator.In(mail, "olga-sets-up@example.com");

        var page = await AnOperator.Said(await olga.Browser.Get(AnOperator.SetUpPage));
        var wrong = await olga.Browser.Send(page, ("code", "12345"));
        var still = await olga.SignIn(olga.Browser);

        Assert.Contains("otpauth://totp/The%20Shop:olga-sets-up%40example.com?secret=", WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        Assert.Contains("<svg ", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Contains("The code does not fit", await AnOperator.Said(wrong), StringComparison.Ordinal);
        Assert.Contains("You are signed in", await AnOperator.Said(still), StringComparison.Ordinal);
    }

    [Fact]
    public void what_was_sealed_for_one_account_is_nothing_to_another()
    {
        var totps = mail.Module.ServicesOf("users").GetRequiredService<Totps>();
        var (olga, otto) = (Guid.CreateVersion7(), Guid.CreateVersion7());

        Assert.Equal("SECRET", totps.Read(totps.Close("SECRET", olga), olga));
        Assert.Null(totps.Read(totps.Close("SECRET", olga), otto));
        Assert.Null(totps.Read("anything", olga));
    }

    // The container's folder as it was the name when nobody had given one: what it sealed stays good.
    [Fact]
    public void what_is_sealed_is_bound_to_no_folder() =>
        Assert.Equal("/app/", mail.Module.ServicesOf("users").GetRequiredService<IOptions<DataProtectionOptions>>().Value.ApplicationDiscriminator);

    [Fact]
    public async Task where_its_keys_are_gone_the_page_says_so_and_a_recovery_code_still_fits()
    {
        using var olga = await (await AnOperator.In(mail, "olga-keys-gone@example.com")).WithSecondFactor();
        await mail.Module.Query<int>("update mt_doc_secondfactor set data = data || '{\"secret\": \"of-other-keys\", \"lastStep\": 0}' where id = (select id from mt_doc_account where data ->> 'email' = 'olga-keys-gone@example.com') returning 1");
        using var browser = mail.ABrowser();
        await olga.SignIn(browser);

        var answer = await Code(browser, olga.NextCode);
        var recovered = await Code(browser, olga.RecoveryCodes[0]);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("Use a recovery code", await AnOperator.Said(answer), StringComparison.Ordinal);
        Assert.Contains("You are signed in", await AnOperator.Said(recovered), StringComparison.Ordinal);
    }

    [Fact]
    public async Task it_is_set_up_once_for_operators_and_by_nobody_else()
    {
        using var olga = await AnOperator.In(mail, "olga-once@example.com");
        using Browser stranger = mail.ABrowser(), customer = mail.ABrowser(), halfway = mail.ABrowser();
        await mail.ACustomer("ann-customer@example.com");
        await customer.SignIn("ann-customer@example.com");
        var page = await AnOperator.Said(await olga.Browser.Get(AnOperator.SetUpPage));
        var code = new Totp(Base32Encoding.ToBytes(Regex.Match(page, "<code>([A-Z2-7 ]+)</code>").Groups[1].Value.Replace(" ", "", StringComparison.Ordinal))).ComputeTotp();

        var answers = await mail.AtOnce("select id from mt_doc_account where data ->> 'email' = $1 for update", "olga-once@example.com", [.. Enumerable.Repeat(() => olga.Browser.Send(page, ("code", code)), 3)]);

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.All(answers.Where(answer => answer.StatusCode != HttpStatusCode.OK), answer => Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode));
        await olga.SignIn(halfway);
        Assert.Equal(HttpStatusCode.Conflict, (await halfway.Get(AnOperator.SetUpPage)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await customer.Get(AnOperator.SetUpPage)).StatusCode);
        Assert.StartsWith("/v1/users/sign-in", (await stranger.Get(AnOperator.SetUpPage)).Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.StartsWith("/v1/users/sign-in", (await stranger.Get(AnOperator.CodePage)).Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_operator_removes_the_second_factor_of_somebody_who_has_lost_it()
    {
        using var olga = await (await AnOperator.In(mail, "olga-lost@example.com")).WithSecondFactor();
        var id = await mail.Module.Query<Guid>("select id from mt_doc_account where data ->> 'email' = 'olga-lost@example.com'");
        using var importer = await mail.Importer();
        using var customer = await TheProvider.Program(mail.Module, "buyer");
        using var browser = mail.ABrowser();
        var path = $"/v1/users/{id}/second-factor";

        Assert.Equal((HttpStatusCode.Unauthorized, "unauthenticated"), await (await mail.Module.Anonymous().DeleteAsync(path)).Problem());
        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), await (await customer.DeleteAsync(path)).Problem());
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await (await importer.DeleteAsync($"/v1/users/{Guid.CreateVersion7()}/second-factor")).Problem());
        for (var times = 0; times < 2; times++) Assert.Equal(HttpStatusCode.NoContent, (await importer.DeleteAsync(path)).StatusCode);
        Assert.Contains("You are signed in", await AnOperator.Said(await olga.SignIn(browser)), StringComparison.Ordinal);
        Assert.Single(await mail.Mails("olga-lost@example.com", "Your second factor is on"));
        Assert.Single(await mail.Mails("olga-lost@example.com", "Your second factor was removed"));
    }

    [Fact]
    public async Task what_began_with_a_password_alone_is_over_when_it_is_set_up_but_here()
    {
        using var olga = await AnOperator.In(mail, "olga-ends@example.com");
        using var elsewhere = mail.ABrowser();
        await olga.SignIn(elsewhere);
        var request = new CodeRequest();
        var tokens = await (await elsewhere.Exchange(request, await elsewhere.Code(request))).Json();

        await olga.WithSecondFactor();

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), await (await elsewhere.Refresh(tokens.Text("refresh_token"))).Refusal());
        Assert.True(await elsewhere.IsRevoked(tokens));
        Assert.StartsWith("/v1/users/sign-in", (await elsewhere.Get(new CodeRequest().Address)).Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.NotNull(Browser.Parameter(await olga.Browser.Get(new CodeRequest().Address), "code"));
    }

    [Fact]
    public async Task who_has_lost_his_telephone_signs_in_by_a_recovery_code_and_sets_up_another()
    {
        using var olga = await (await AnOperator.In(mail, "olga-new-telephone@example.com")).WithSecondFactor();
        using Browser browser = mail.ABrowser(), after = mail.ABrowser();
        using var again = new AnOperator(mail, browser, "olga-new-telephone@example.com");
        await olga.SignIn(browser);

        var signedIn = await AnOperator.Said(await Code(browser, olga.RecoveryCodes[0]));
        await again.WithSecondFactor();
        await again.Later();
        await again.SignIn(after);
        var old = await Code(after, olga.NextCode);
        var lostCode = await Code(after, olga.RecoveryCodes[1]);
        var done = await Code(after, again.NextCode);

        Assert.Contains($"href=\"{AnOperator.SetUpPage}\"", signedIn, StringComparison.Ordinal);
        Assert.NotEqual(olga.Secret, again.Secret);
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest, HttpStatusCode.OK), (old.StatusCode, lostCode.StatusCode, done.StatusCode));
    }

    private static Task<HttpResponseMessage> Code(Browser browser, string code) => browser.Submit(AnOperator.CodePage, ("code", code));
}
