using System.Net;
using Shared.Testing;

namespace Users.Tests;

/// <summary>Three failures lock an account.</summary>
[Collection(typeof(OneMail))]
public sealed class LockOutTests(TheMail mail)
{
    [Fact]
    public async Task the_first_failures_of_an_account_are_all_counted_though_they_come_at_once()
    {
        const string email = "ann-burst@example.com";
        await mail.ACustomer(email);

        await mail.AtOnce("select id from mt_doc_account where data ->> 'email' = $1 for update", email, [.. Enumerable.Repeat(() => SignIn(email, "wrong password"), 5)]);

        Assert.Equal(5, await Failures(email));
        Assert.Equal(HttpStatusCode.BadRequest, (await SignIn(email)).StatusCode);
    }

    [Fact]
    public async Task failures_that_are_forgotten_are_counted_anew()
    {
        const string email = "ann-anew@example.com";
        await mail.ACustomer(email);
        for (var i = 0; i < 2; i++) await SignIn(email, "wrong password");
        await mail.Module.Query<int>("update mt_doc_account set data = jsonb_set(data, '{lastFailedAt}', to_jsonb(now() - interval '16 minutes')) where data ->> 'email' = $1 returning 1", email);

        await SignIn(email, "wrong password");

        Assert.Equal(1, await Failures(email));
    }

    [Fact]
    public async Task a_lock_out_ends()
    {
        var lockedFor = TimeSpan.FromMinutes(10);
        await using var module = await ModuleUnderTest.StartAsync(new UsersModule(), new Dictionary<string, string?>(TheProvider.Settings)
        {
            ["Users:SignIn:Failures"] = "1", ["Users:SignIn:LockedFor"] = $"{lockedFor}",
        });
        await TheProvider.Register(module, "ann@example.com");
        using var browser = new Browser(module.Address);
        await browser.SignIn("ann@example.com", "wrong password");

        Assert.Equal(HttpStatusCode.BadRequest, (await browser.SignIn("ann@example.com")).StatusCode);
        // As if the failure were longer ago.
        await module.Query<Guid>("update mt_doc_account set data = data || jsonb_build_object('lastFailedAt', (data ->> 'lastFailedAt')::timestamptz - $1) returning id", lockedFor);
        Assert.Equal(HttpStatusCode.OK, (await browser.SignIn("ann@example.com")).StatusCode);
    }

    [Theory]
    [InlineData("""jsonb_build_object('failedSignIns', 3, 'lastFailedAt', now())""")]
    [InlineData("""jsonb_build_object('passwordHash', 'another')""")]
    public async Task a_right_password_is_too_late_if_meanwhile_the_account_was_locked_or_the_password_changed(string change)
    {
        var email = $"ann-{change.Length}@example.com";
        await mail.ACustomer(email);

        var answers = await mail.AtOnce($"update mt_doc_account set data = data || {change} where data ->> 'email' = $1", email, () => SignIn(email));

        Assert.Equal(HttpStatusCode.BadRequest, Assert.Single(answers).StatusCode);
    }

    private async Task<HttpResponseMessage> SignIn(string email, string password = TheUsers.Password)
    {
        using var browser = mail.ABrowser();
        return await browser.SignIn(email, password);
    }

    private Task<int> Failures(string email) => mail.Module.Query<int>("select (data ->> 'failedSignIns')::int from mt_doc_account where data ->> 'email' = $1", email);
}
