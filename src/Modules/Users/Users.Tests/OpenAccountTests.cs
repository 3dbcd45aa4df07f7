using System.Net;
using Users.Contracts;

namespace Users.Tests;

[Collection(typeof(OneModule))]
public sealed class OpenAccountTests(TheUsers users)
{
    [Theory]
    [InlineData(null, "customer")]
    [InlineData("customer", "customer")]
    [InlineData("operator", "operator")]
    public async Task an_operator_opens_an_account_for_somebody_else(string? asked, string given)
    {
        var email = $"{Guid.NewGuid()}@example.com";
        object body = asked is null ? new { email, name = "Import" } : new { email, name = "Import", role = asked };

        var answer = await users.Module.AsOperator().PostOnce("/v1/users/accounts", body);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var account = await (await users.Module.AsOperator().GetAsync(answer.Headers.Location)).Json();
        Assert.Equal(given, account.GetProperty("role").GetString());
        Assert.Single(await users.Module.Published<UserRegistered>(), told => told.UserId == account.GetProperty("id").GetGuid());
    }

    [Fact]
    public async Task customers_and_strangers_open_none()
    {
        var body = new { email = "no@example.com", name = "No" };

        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), await (await users.Module.As(Guid.CreateVersion7()).PostOnce("/v1/users/accounts", body)).Problem());
        Assert.Equal((HttpStatusCode.Unauthorized, "unauthenticated"), await (await users.Module.Anonymous().PostOnce("/v1/users/accounts", body)).Problem());
    }

    [Fact]
    public async Task an_address_that_is_taken_is_refused()
    {
        await users.ACustomer("has-one@example.com");

        var answer = await users.Module.AsOperator().PostOnce("/v1/users/accounts", new { email = "HAS-ONE@example.com", name = "Import" });

        Assert.Equal((HttpStatusCode.Conflict, "user.email-taken"), await answer.Problem());
    }

    [Fact]
    public async Task every_broken_rule_is_named()
    {
        var answer = await users.Module.AsOperator().PostOnce("/v1/users/accounts", new { email = "no address", name = "" });

        Assert.Equal(["email", "name"], await answer.Invalid());
    }

    [Fact]
    public async Task an_unknown_role_is_refused()
    {
        var answer = await users.Module.AsOperator().PostOnce("/v1/users/accounts", new { email = "role@example.com", name = "Import", role = "owner" });

        Assert.Equal((HttpStatusCode.BadRequest, "request.malformed"), await answer.Problem());
    }
}
