using System.Net;
using System.Net.Http.Json;
using Shared.Testing;

namespace Users.Tests;

[Collection(typeof(OneModule))]
public sealed class SignInTests(TheUsers users)
{
    [Fact]
    public async Task e_mail_and_password_give_a_token_that_nobody_caches()
    {
        await users.ACustomer("ann-in@example.com");

        var answer = await users.SignIn("Ann-In@example.com");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        var token = await answer.Json();
        Assert.Equal(("Bearer", 3600), (token.GetProperty("tokenType").GetString(), token.GetProperty("expiresIn").GetInt32()));
        Assert.Equal(3, token.GetProperty("accessToken").GetString()!.Split('.').Length);
    }

    [Fact]
    public async Task a_wrong_password_and_an_unknown_address_are_answered_alike()
    {
        await users.ACustomer("ann-wrong@example.com");

        var wrong = await users.SignIn("ann-wrong@example.com", "wrong password");
        var unknown = await users.SignIn("nobody@example.com", "wrong password");

        Assert.Equal((HttpStatusCode.Unauthorized, "user.sign-in-refused"), await wrong.Problem());
        Assert.Equal("Bearer", wrong.Headers.WwwAuthenticate.ToString());
        Assert.Equal(await Told(wrong), await Told(unknown));

        static async Task<string> Told(HttpResponseMessage answer) => string.Join('\n', (await answer.Json()).EnumerateObject().Where(field => field.Name != "traceId"));
    }

    [Fact]
    public async Task repeated_failures_lock_the_account_and_no_other()
    {
        await users.ACustomer("ann-locked@example.com");
        await users.ACustomer("bob-free@example.com");

        for (var i = 0; i < 3; i++) await users.SignIn("ann-locked@example.com", "wrong password");

        Assert.Equal((HttpStatusCode.Unauthorized, "user.sign-in-refused"), await (await users.SignIn("ann-locked@example.com")).Problem());
        Assert.Equal(HttpStatusCode.OK, (await users.SignIn("bob-free@example.com")).StatusCode);
    }

    [Fact]
    public async Task a_success_forgets_the_failures_before_it()
    {
        await users.ACustomer("ann-forgets@example.com");

        for (var i = 0; i < 2; i++) await users.SignIn("ann-forgets@example.com", "wrong password");
        await users.SignIn("ann-forgets@example.com");
        for (var i = 0; i < 2; i++) await users.SignIn("ann-forgets@example.com", "wrong password");

        Assert.Equal(HttpStatusCode.OK, (await users.SignIn("ann-forgets@example.com")).StatusCode);
    }

    [Fact]
    public async Task failures_at_once_are_all_counted()
    {
        await using var patient = await ModuleUnderTest.StartAsync(new UsersModule(), new Dictionary<string, string?> { ["Users:DevelopmentTokens"] = "true" });
        await patient.Anonymous().PostOnce("/v1/users", new { email = "ann@example.com", password = TheUsers.Password, name = "Ann" });
        await Fail();

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Fail()));

        Assert.Equal("6", await patient.Query<string>("select data ->> 'failedSignIns' from mt_doc_account"));

        Task Fail() => patient.Anonymous().PostAsJsonAsync("/v1/users/tokens", new { email = "ann@example.com", password = "wrong password" });
    }

    [Fact]
    public async Task a_lock_out_ends()
    {
        await using var quick = await ModuleUnderTest.StartAsync(new UsersModule(), new Dictionary<string, string?>
        {
            ["Users:DevelopmentTokens"] = "true", ["Users:SignIn:Failures"] = "1", ["Users:SignIn:LockedFor"] = "00:00:02",
        });
        await quick.Anonymous().PostOnce("/v1/users", new { email = "ann@example.com", password = TheUsers.Password, name = "Ann" });
        await SignIn("wrong password");

        Assert.Equal(HttpStatusCode.Unauthorized, await SignIn(TheUsers.Password));
        await Eventually.True(async () => await SignIn(TheUsers.Password) == HttpStatusCode.OK, "the lock-out has ended");

        async Task<HttpStatusCode> SignIn(string password) => (await quick.Anonymous().PostAsJsonAsync("/v1/users/tokens", new { email = "ann@example.com", password })).StatusCode;
    }

    [Theory]
    [InlineData("")]
    [InlineData("ann\0@example.com")]
    public async Task what_can_be_no_address_or_password_is_refused(string email) =>
        Assert.Equal(["email", "password"], await (await users.SignIn(email, new string('p', 201))).Invalid());
}
