using System.Net;
using Shared.Testing;

namespace Users.Tests;

/// <summary>Three failures lock an account.</summary>
[Collection(typeof(OneProvider))]
public sealed class SignInTests(TheProvider provider)
{
    [Fact]
    public async Task an_address_is_compared_trimmed_and_in_lower_case()
    {
        await TheProvider.Register(provider.Module, "ann-in@example.com");

        Assert.True(await SignIn(" Ann-In@Example.com "));
    }

    [Fact]
    public async Task repeated_failures_lock_the_account_and_no_other()
    {
        await TheProvider.Register(provider.Module, "ann-lock@example.com");
        await TheProvider.Register(provider.Module, "bob-free@example.com");

        for (var i = 0; i < 3; i++) await SignIn("ann-lock@example.com", "wrong password");

        Assert.False(await SignIn("ann-lock@example.com"));
        Assert.True(await SignIn("bob-free@example.com"));
    }

    [Fact]
    public async Task a_success_forgets_the_failures_before_it()
    {
        await TheProvider.Register(provider.Module, "ann-forgets@example.com");

        for (var i = 0; i < 2; i++) await SignIn("ann-forgets@example.com", "wrong password");
        await SignIn("ann-forgets@example.com");
        for (var i = 0; i < 2; i++) await SignIn("ann-forgets@example.com", "wrong password");

        Assert.True(await SignIn("ann-forgets@example.com"));
    }

    [Fact]
    public async Task a_lock_out_ends()
    {
        await using var quick = await ModuleUnderTest.StartAsync(new UsersModule(), new Dictionary<string, string?>(TheProvider.Settings)
        {
            ["Users:SignIn:Failures"] = "1", ["Users:SignIn:LockedFor"] = "00:00:02",
        });
        await TheProvider.Register(quick, "ann@example.com");
        using var browser = new Browser(quick.Address);
        await SignIn(browser, "ann@example.com", "wrong password");

        Assert.False(await SignIn(browser, "ann@example.com"));
        await Eventually.True(() => SignIn(browser, "ann@example.com"), "the lock-out has ended");
    }

    [Fact]
    public async Task nobody_signs_in_to_an_account_without_a_password()
    {
        using var importer = await TheProvider.Program(provider.Module, "importer");
        await importer.PostOnce("/v1/users/accounts", new { email = "import-in@example.com", name = "Import" });

        Assert.False(await SignIn("import-in@example.com"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Account.LongestEmail + 1)]
    public async Task what_can_be_no_address_or_password_is_refused(int characters)
    {
        using var browser = provider.ABrowser();

        var answer = await browser.SignIn(new string('a', characters), new string('p', 201));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var html = await answer.Content.ReadAsStringAsync();
        foreach (var field in new[] { "email", "password" }) Assert.Contains($"id=\"{field}-error\"", html, StringComparison.Ordinal);
    }

    private async Task<bool> SignIn(string email, string password = TheUsers.Password)
    {
        using var browser = provider.ABrowser();
        return await SignIn(browser, email, password);
    }

    /// <summary>False: the page says that they do not fit, or too many attempts have failed.</summary>
    private static async Task<bool> SignIn(Browser browser, string email, string password = TheUsers.Password)
    {
        var answer = await browser.SignIn(email, password);
        var html = await answer.Content.ReadAsStringAsync();
        Assert.Contains(answer.StatusCode == HttpStatusCode.OK ? "You are signed in" : "do not fit, or too many attempts", html, StringComparison.Ordinal);
        return answer.StatusCode == HttpStatusCode.OK;
    }
}
