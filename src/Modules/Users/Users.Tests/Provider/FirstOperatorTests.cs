using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Users.Contracts;

namespace Users.Tests;

[Collection(typeof(OneProvider))]
public sealed class FirstOperatorTests(TheProvider provider)
{
    [Fact]
    public async Task a_link_is_printed_at_the_first_start_and_is_good_once()
    {
        Assert.Equal(1, await provider.Module.Query<long>("select count(*) from mt_doc_invitation"));
        Assert.Null(await Invite());
        await provider.Module.Query<long>("with gone as (delete from mt_doc_invitation) select 1::bigint");
        var link = (await Invite())!;

        var weak = await (await Open(link, "first@example.com", password: "short")).Content.ReadAsStringAsync();
        var answers = await Task.WhenAll(Open(link, "first@example.com"), Open(link, "second@example.com"));
        var said = await Task.WhenAll(answers.Select(answer => answer.Content.ReadAsStringAsync()));

        Assert.Contains("10 to 200 characters", weak, StringComparison.Ordinal);
        Assert.Single(said, page => page.Contains("You are the first operator", StringComparison.Ordinal));
        Assert.Single(said, page => page.Contains("This link is not good any more", StringComparison.Ordinal));
        var first = await provider.Module.Query<Guid>("select id from mt_doc_account where data ->> 'role' = 'Operator'");
        Assert.Single(await provider.Module.Published<UserRegistered>(), told => told.UserId == first);
        Assert.Null(await Invite());
    }

    [Theory]
    [InlineData("/v1/users/first-operator")]
    [InlineData("/v1/users/first-operator?secret=guessed")]
    public async Task a_guessed_link_opens_nothing(string link)
    {
        var page = await (await Open(link, "guess@example.com")).Content.ReadAsStringAsync();

        Assert.Contains("This link is not good any more", page, StringComparison.Ordinal);
        Assert.Equal(0, await provider.Module.Query<long>("select count(*) from mt_doc_account where data ->> 'email' = 'guess@example.com'"));
    }

    [Fact]
    public void a_link_is_good_for_an_hour()
    {
        var now = TimeProvider.System.GetUtcNow();

        var (invitation, secret) = Invitation.Make(now);

        Assert.True(invitation.IsGoodFor(secret, now.AddMinutes(59)));
        Assert.False(invitation.IsGoodFor(secret, now.AddMinutes(60)));
        Assert.False(invitation.IsGoodFor(null, now));
    }

    private async Task<HttpResponseMessage> Open(string link, string email, string password = TheUsers.Password)
    {
        using var browser = provider.ABrowser();
        return await browser.Submit(link, ("name", "First"), ("email", email), ("password", password));
    }

    private Task<string?> Invite() => provider.Module.ServicesOf("users").GetServices<IHostedService>().OfType<InviteFirstOperator>().Single().InviteAsync(CancellationToken.None);
}
