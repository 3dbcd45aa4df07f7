using System.Net;
using Shared.Testing;

namespace Users.Tests;

public sealed class LockOutTests
{
    [Fact]
    public async Task failures_at_once_are_all_counted()
    {
        await using var patient = await ModuleUnderTest.StartAsync(new UsersModule(), new Dictionary<string, string?>(TheProvider.Settings) { ["Users:SignIn:Failures"] = "10" });
        await TheProvider.Register(patient, "ann@example.com");
        using var browser = new Browser(patient.Address);
        var page = await (await browser.Get("/v1/users/sign-in")).Content.ReadAsStringAsync();
        await Fail();

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Fail()));

        Assert.Equal("6", await patient.Query<string>("select data ->> 'failedSignIns' from mt_doc_account"));

        Task Fail() => browser.Send(page, ("email", "ann@example.com"), ("password", "wrong password"));
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
}
