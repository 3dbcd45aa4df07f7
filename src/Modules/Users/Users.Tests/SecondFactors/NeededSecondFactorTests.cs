using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OtpNet;
using Shared.Testing;

namespace Users.Tests;

public sealed class NeededSecondFactorTests
{
    private static readonly Dictionary<string, string?> s_settings = new(TheProvider.Settings) { ["Users:SignIn:SecondFactor"] = "operators" };

    [Fact]
    public async Task an_operator_without_one_is_led_to_set_it_up_before_he_is_in()
    {
        await using var module = await ModuleUnderTest.StartAsync(new UsersModule(), s_settings);
        await TheProvider.Register(module, "olga@example.com");
        using Browser before = new(module.Address), browser = new(module.Address);
        await before.SignIn("olga@example.com");
        var tokens = await Tokens(before);
        await module.Query<Guid>("update mt_doc_account set data = data || '{\"role\": \"Operator\"}' returning id");
        var request = new CodeRequest();

        var led = await browser.SignIn("olga@example.com", page: (await browser.Get(request.Address)).Headers.Location!.OriginalString);
        var page = await AnOperator.Said(await browser.Get(led.Headers.Location!.OriginalString));
        var tooEarly = await browser.Get(request.Address);
        var elsewhere = await browser.Get("/v1/users/second-factor");
        var done = await AnOperator.Said(await browser.Send(page, ("code", Code(page))));

        Assert.StartsWith(AnOperator.SetUpPage, led.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.StartsWith("/v1/users/sign-in", tooEarly.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(AnOperator.SetUpPage, elsewhere.Headers.Location!.OriginalString);
        Assert.Contains("Your second factor is on", done, StringComparison.Ordinal);
        Assert.Contains("/v1/users/connect/authorize", done, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await browser.Refresh((await Tokens(browser)).Text("refresh_token"))).StatusCode);
        // What began with a password alone is over.
        Assert.StartsWith("/v1/users/sign-in", (await before.Get(request.Address)).Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), await (await before.Refresh(tokens.Text("refresh_token"))).Refusal());
        // Another password, and this session still has both.
        Assert.Contains("Your new password is set", await AnOperator.Said(await browser.Submit("/v1/users/change-password", ("password", TheUsers.Password), ("new", "another long password"))), StringComparison.Ordinal);
        Assert.NotEmpty(await browser.Code(request));
    }

    [Fact]
    public async Task the_first_operator_sets_it_up_at_once_and_customers_are_not_asked()
    {
        await using var module = await ModuleUnderTest.StartAsync(new UsersModule(), s_settings);
        await module.Query<long>("with gone as (delete from mt_doc_invitation) select 1::bigint");
        var link = await module.ServicesOf("users").GetServices<IHostedService>().OfType<InviteFirstOperator>().Single().InviteAsync(CancellationToken.None);
        await TheProvider.Register(module, "ann@example.com");
        using Browser browser = new(module.Address), anns = new(module.Address);

        var opened = await browser.Submit(link!, ("name", "Olga"), ("email", "olga@example.com"), ("password", TheUsers.Password));

        Assert.Equal(AnOperator.SetUpPage, opened.Headers.Location!.OriginalString);
        Assert.Contains("<svg ", await AnOperator.Said(await browser.Get(AnOperator.SetUpPage)), StringComparison.Ordinal);
        Assert.Contains("You are signed in", await AnOperator.Said(await anns.SignIn("ann@example.com")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("everybody", "it must be optional or operators")]
    [InlineData("operators", "name clients in Users:Clients")]
    public void a_wrong_setting_is_named_with_the_way_out(string value, string said)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("Users:SignIn:SecondFactor", (string?)value)]).Build();

        var fault = Assert.Single(new UsersModule().Faults(settings, "Production"));

        Assert.StartsWith("Users:SignIn:SecondFactor is", fault, StringComparison.Ordinal);
        Assert.Contains(said, fault, StringComparison.Ordinal);
    }

    private static string Code(string page)
    {
        var from = page.IndexOf("<code>", StringComparison.Ordinal) + "<code>".Length;
        return new Totp(Base32Encoding.ToBytes(page[from..page.IndexOf("</code>", StringComparison.Ordinal)].Replace(" ", "", StringComparison.Ordinal))).ComputeTotp();
    }

    private static async Task<System.Text.Json.JsonElement> Tokens(Browser browser)
    {
        var request = new CodeRequest();
        return await (await browser.Exchange(request, await browser.Code(request))).Json();
    }
}
