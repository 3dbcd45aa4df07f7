using System.Net;
using System.Net.Http.Json;
using Users.Contracts;

namespace Users.Tests;

[Collection(typeof(OneModule))]
public sealed class RegisterAccountTests(TheUsers users)
{
    [Fact]
    public async Task a_customer_registers_and_it_is_told_once_by_id_alone()
    {
        var answer = await users.Module.Anonymous().PostOnce("/v1/users", new { email = " Ann.Once@Example.com", password = TheUsers.Password, name = " Ann " });

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var id = (await answer.Json()).GetProperty("id").GetGuid();
        var account = await (await users.Module.As(id).GetAsync(answer.Headers.Location)).Json();
        Assert.Equal(("ann.once@example.com", "Ann", "customer"), (account.GetProperty("email").GetString(), account.GetProperty("name").GetString(), account.GetProperty("role").GetString()));
        var told = Assert.Single(await users.Module.Published<UserRegistered>(), told => told.UserId == id);
        Assert.Equal(account.GetProperty("registeredAt").GetDateTimeOffset(), told.At, TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task every_broken_rule_is_named()
    {
        var answer = await users.Module.Anonymous().PostOnce("/v1/users", new { email = "ann", password = "short", name = "" });

        Assert.Equal(["email", "name", "password"], await answer.Invalid());
    }

    [Theory]
    [InlineData("""{"email":"a@example.com","password":"correct horse battery"}""")]
    [InlineData("""{"email":"a@example.com","password":"correct horse battery","name":"Ann","role":"operator"}""")]
    [InlineData("""{"email":null,"password":"correct horse battery","name":"Ann"}""")]
    [InlineData("nothing")]
    public async Task another_shape_is_refused(string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/users") { Content = new StringContent(body, null, "application/json"), Headers = { { "Idempotency-Key", "shape" } } };

        var answer = await users.Module.Anonymous().SendAsync(request);

        Assert.Equal((HttpStatusCode.BadRequest, "request.malformed"), await answer.Problem());
    }

    [Fact]
    public async Task without_an_idempotency_key_nothing_is_opened()
    {
        var answer = await users.Module.Anonymous().PostAsJsonAsync("/v1/users", new { email = "keyless@example.com", password = TheUsers.Password, name = "Ann" });

        Assert.Equal(["Idempotency-Key"], await answer.Invalid());
        Assert.Equal(0, await Accounts("keyless@example.com"));
    }

    [Fact]
    public async Task an_address_has_one_account_however_it_is_written()
    {
        await users.ACustomer("taken@example.com");

        var answer = await users.Module.Anonymous().PostOnce("/v1/users", new { email = "Taken@Example.com ", password = TheUsers.Password, name = "Bob" });

        Assert.Equal((HttpStatusCode.Conflict, "user.email-taken"), await answer.Problem());
    }

    [Fact]
    public async Task of_many_at_once_one_gets_the_address()
    {
        var answers = await Task.WhenAll(Enumerable.Range(1, 6).Select(_ => users.Module.Anonymous().PostOnce("/v1/users", new { email = "race@example.com", password = TheUsers.Password, name = "Ann" })));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Created);
        Assert.Equal(5, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
        Assert.Equal(1, await Accounts("race@example.com"));
    }

    [Fact]
    public async Task a_repeated_request_is_answered_again_and_opens_nothing()
    {
        var body = new { email = "twice@example.com", password = TheUsers.Password, name = "Ann" };

        var first = await users.Module.Anonymous().PostOnce("/v1/users", body, key: "register-twice");
        var again = await users.Module.Anonymous().PostOnce("/v1/users", body, key: "register-twice");

        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        Assert.Equal(1, await Accounts("twice@example.com"));
    }

    [Fact]
    public async Task a_key_used_with_another_body_is_refused()
    {
        await users.Module.Anonymous().PostOnce("/v1/users", new { email = "reused1@example.com", password = TheUsers.Password, name = "Ann" }, key: "register-reused");

        var answer = await users.Module.Anonymous().PostOnce("/v1/users", new { email = "reused2@example.com", password = TheUsers.Password, name = "Ann" }, key: "register-reused");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "idempotency-key.reused"), await answer.Problem());
    }

    [Fact]
    public async Task the_hash_kept_with_a_key_says_nothing_about_the_password()
    {
        var id = await Register("hash-one@example.com", TheUsers.Password);

        var again = await users.Module.Anonymous().PostOnce("/v1/users", new { email = "hash-one@example.com", password = "another password", name = "Ann" }, key: "register-hash-one@example.com");

        Assert.Equal(id, (await again.Json()).GetProperty("id").GetGuid());

        async Task<Guid> Register(string email, string password) =>
            (await (await users.Module.Anonymous().PostOnce("/v1/users", new { email, password, name = "Ann" }, key: $"register-{email}")).Json()).GetProperty("id").GetGuid();
    }

    private Task<long> Accounts(string email) => users.Module.Query<long>("select count(*) from mt_doc_account where data ->> 'email' = $1", email);
}
