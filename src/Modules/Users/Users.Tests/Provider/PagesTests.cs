using System.Net;
using Shared.Testing;

namespace Users.Tests;

[Collection(typeof(OneProvider))]
public sealed class PagesTests(TheProvider provider)
{
    private const string Hostile = "\"><script>alert(1)</script>&lt;'`{{csrf}}\u202e";

    [Theory]
    [InlineData("/v1/users/sign-in")]
    [InlineData("/v1/users/register")]
    public async Task a_page_needs_no_script_is_not_kept_and_not_framed(string path)
    {
        var answer = await provider.ABrowser().Get(path);

        Assert.Equal("text/html; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.True(answer.Headers.CacheControl!.NoStore);
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none'; style-src 'sha256-", policy, StringComparison.Ordinal);
        Assert.Contains("form-action 'self' https://other.example https://shop.example http://127.0.0.1:7777; frame-ancestors 'none'; base-uri 'none'", policy, StringComparison.Ordinal);
        var html = await answer.Content.ReadAsStringAsync();
        Assert.Contains("<html lang=\"en\">", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_is_wrong_is_said_in_a_summary_and_at_each_field_and_what_was_right_is_kept()
    {
        using var browser = provider.ABrowser();

        var answer = await browser.Submit("/v1/users/register", ("name", "Ann"), ("email", "ann"), ("password", "short"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var html = await answer.Content.ReadAsStringAsync();
        Assert.Contains("<title>Error: Open an account</title>", html, StringComparison.Ordinal);
        Assert.Contains("role=\"alert\"", html, StringComparison.Ordinal);
        Assert.Contains("<a href=\"#email\">The e-mail address must be an e-mail address such as ann@example.com.</a>", html, StringComparison.Ordinal);
        Assert.Contains("<p class=\"error\" id=\"password-error\">The password must have 10 to 200 characters.</p>", html, StringComparison.Ordinal);
        Assert.Contains("aria-invalid=\"true\" aria-describedby=\"email-error\"", html, StringComparison.Ordinal);
        Assert.Contains("value=\"Ann\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("short", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/users/sign-in", "email")]
    [InlineData("/v1/users/sign-in", "password")]
    [InlineData("/v1/users/sign-in", "return")]
    [InlineData("/v1/users/register", "name")]
    [InlineData("/v1/users/register", "email")]
    [InlineData("/v1/users/register", "password")]
    [InlineData("/v1/users/register", "return")]
    public async Task whatever_is_typed_stays_text(string path, string field)
    {
        using var browser = provider.ABrowser();
        string[] fields = ["name", "email", "password"];

        var answer = await browser.Submit(path, [.. fields.Where(name => name != field).Select(name => (name, "x")), (field, Hostile)]);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var html = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.DoesNotContain("\u202e", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_a_client_sends_stays_text()
    {
        var answer = await provider.ABrowser().Get(new CodeRequest { Client = Hostile }.Address);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.DoesNotContain("<script", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/users/sign-in")]
    [InlineData("/v1/users/register")]
    [InlineData("/v1/users/sign-out")]
    public async Task a_form_of_another_site_does_nothing(string path)
    {
        var answer = await provider.ABrowser().Post(path, ("email", TheProvider.AnnsEmail), ("password", TheUsers.Password), ("name", "Ann"), ("csrf", "guessed"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("Please try again", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(answer.Headers.TryGetValues("Set-Cookie", out _));
    }

    [Theory]
    [InlineData("application/json", "{}")]
    [InlineData("application/x-www-form-urlencoded", "email=%00&csrf=%00")]
    [InlineData("multipart/form-data; boundary=x", "--x broken")]
    public async Task what_is_no_form_is_refused(string type, string body)
    {
        using var content = new StringContent(body, System.Net.Http.Headers.MediaTypeHeaderValue.Parse(type));

        var answer = await provider.Module.Anonymous().PostAsync("/v1/users/sign-in", content);

        Assert.True(answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.UnsupportedMediaType, $"{answer.StatusCode}");
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/v1/users/connect/authorize?")]
    [InlineData("/v1/users/connect/authorize.evil.example")]
    [InlineData("/v1/users/connect/authorize/../../../evil")]
    [InlineData("/v1/users/connect/authorize?\\@evil.example")]
    [InlineData("/v1/users/connect/authorize?\r\nSet-Cookie: x=y")]
    [InlineData("javascript:alert(1)")]
    [InlineData("")]
    [InlineData(null)]
    public void only_the_providers_own_protocol_is_a_place_to_return_to(string? elsewhere)
    {
        Assert.Null(Return.Checked(elsewhere));
        Assert.Null(Return.Checked($"{Return.Authorize}?{new string('x', Return.Longest)}"));
        Assert.Equal($"{Return.Authorize}?a=b", Return.Checked($"{Return.Authorize}?a=b"));
    }

    [Fact]
    public async Task after_signing_in_nobody_is_sent_elsewhere()
    {
        using var browser = provider.ABrowser();

        var answer = await browser.SignIn(TheProvider.AnnsEmail, page: $"/v1/users/sign-in?return={Uri.EscapeDataString("https://evil.example/")}");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("You are signed in", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_wrong_password_an_unknown_address_and_a_locked_account_are_answered_alike()
    {
        await TheProvider.Register(provider.Module, "ann-locked@example.com");
        using var browser = provider.ABrowser();

        var wrong = await Told(await browser.SignIn("ann-locked@example.com", "wrong password"));
        for (var i = 0; i < 2; i++) await browser.SignIn("ann-locked@example.com", "wrong password");
        var locked = await Told(await browser.SignIn("ann-locked@example.com"));
        var unknown = await Told(await browser.SignIn("nobody-here@example.com", "wrong password"));

        Assert.Contains("do not fit, or too many attempts have failed", wrong, StringComparison.Ordinal);
        Assert.Equal(wrong, locked);
        Assert.Equal(wrong, unknown.Replace("nobody-here@", "ann-locked@", StringComparison.Ordinal));

        static async Task<string> Told(HttpResponseMessage answer)
        {
            var html = await answer.Content.ReadAsStringAsync();
            return $"{answer.StatusCode} {html[..html.IndexOf("name=\"csrf\"", StringComparison.Ordinal)]}{html[html.IndexOf("<label", StringComparison.Ordinal)..]}";
        }
    }

    [Fact]
    public async Task an_address_that_is_taken_is_said_and_so_is_a_button_pressed_twice()
    {
        using var browser = provider.ABrowser();
        await browser.Get("/v1/users/register");

        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => browser.Submit("/v1/users/register", ("name", "Bob"), ("email", "bob-twice@example.com"), ("password", TheUsers.Password))));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        foreach (var answer in answers.Where(answer => answer.StatusCode != HttpStatusCode.OK))
            Assert.Contains("has an account already", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
