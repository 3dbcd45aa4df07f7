using System.Net;

namespace Users.Tests;

[Collection(typeof(OneModule))]
public sealed class ReadAccountsTests(TheUsers users)
{
    [Fact]
    public async Task an_account_is_its_owners_and_operators_to_see()
    {
        var ann = await users.ACustomer("ann-reads@example.com");
        var bob = await users.ACustomer("bob-reads@example.com");

        Assert.Equal(HttpStatusCode.OK, (await users.Module.As(ann).GetAsync($"/v1/users/{ann}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await users.Module.AsOperator().GetAsync($"/v1/users/{ann}")).StatusCode);
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await (await users.Module.As(bob).GetAsync($"/v1/users/{ann}")).Problem());
        Assert.Equal((HttpStatusCode.Unauthorized, "unauthenticated"), await (await users.Module.Anonymous().GetAsync($"/v1/users/{ann}")).Problem());
    }

    [Fact]
    public async Task an_account_shows_no_hash_and_no_failures()
    {
        var ann = await users.ACustomer("ann-shows@example.com");

        var account = await (await users.Module.As(ann).GetAsync($"/v1/users/{ann}")).Json();

        Assert.Equal(["email", "emailConfirmedAt", "id", "name", "registeredAt", "role"], account.EnumerateObject().Select(field => field.Name).Order());
    }

    [Fact]
    public async Task an_account_that_is_not_there_is_not_found() =>
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await (await users.Module.AsOperator().GetAsync($"/v1/users/{Guid.CreateVersion7()}")).Problem());

    [Fact]
    public async Task operators_page_through_all_accounts_oldest_first()
    {
        var opened = new List<Guid>();
        for (var i = 0; i < 5; i++) opened.Add(await users.ACustomer($"page-{i}@example.com"));

        var found = new List<Guid>();
        for (string? next = ""; next is not null;)
        {
            var page = await (await users.Module.AsOperator().GetAsync($"/v1/users?limit=2{(next.Length > 0 ? $"&after={next}" : "")}")).Json();
            found.AddRange(page.GetProperty("items").EnumerateArray().Select(account => account.GetProperty("id").GetGuid()));
            next = page.GetProperty("next").GetString();
        }

        Assert.Equal(opened, found.Where(opened.Contains));
        Assert.Equal(found.Distinct().Count(), found.Count);
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=201")]
    public async Task a_page_has_bounds(string query) => Assert.Equal(["limit"], await (await users.Module.AsOperator().GetAsync($"/v1/users?{query}")).Invalid());

    [Theory]
    [InlineData("limit=many")]
    [InlineData("after=somewhere")]
    public async Task what_is_no_place_in_the_list_is_refused(string query) =>
        Assert.Equal((HttpStatusCode.BadRequest, "request.malformed"), await (await users.Module.AsOperator().GetAsync($"/v1/users?{query}")).Problem());

    [Fact]
    public async Task customers_see_no_list() => Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), await (await users.Module.As(Guid.CreateVersion7()).GetAsync("/v1/users")).Problem());
}
