using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Users.Tests;

[Collection(typeof(OneMail))]
public sealed class MailboxPagesTests(TheMail mail)
{
    [Fact]
    public async Task in_development_anybody_reads_the_mails_as_text()
    {
        using var browser = mail.ABrowser();
        var id = await Put("<b>\"Hello\"</b>", "<script>alert(1)</script>");

        var list = await browser.Get("/v1/users/mailbox");
        var letter = await (await browser.Get($"/v1/users/mailbox/{id}")).Content.ReadAsStringAsync();

        Assert.True(list.Headers.CacheControl!.NoStore);
        Assert.StartsWith("default-src 'none'", list.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Contains($"/v1/users/mailbox/{id}\">&lt;b&gt;", await list.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(1)", letter, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", letter, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.Get($"/v1/users/mailbox/{Guid.NewGuid()}")).StatusCode);
    }

    [Fact]
    public async Task elsewhere_operators_do_by_token_or_session()
    {
        var host = mail.Module.ServicesOf("users").GetRequiredService<IHostEnvironment>();
        host.EnvironmentName = "Production";
        try
        {
            using var importer = await mail.Importer();
            using var anns = mail.ABrowser();
            await mail.ACustomer("ann-mailbox@example.com");
            await anns.SignIn("ann-mailbox@example.com");

            Assert.Equal(HttpStatusCode.Forbidden, (await mail.Module.Anonymous().GetAsync("/v1/users/mailbox")).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await mail.Module.Anonymous().GetAsync($"/v1/users/mailbox/{await Put("s", "t")}")).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await anns.Get("/v1/users/mailbox")).StatusCode);
            await mail.Module.Query<long>("with now as (update mt_doc_account set data = data || '{\"role\": \"Operator\"}' where data ->> 'email' = 'ann-mailbox@example.com' returning 1) select count(*) from now");
            Assert.Equal(HttpStatusCode.OK, (await anns.Get("/v1/users/mailbox")).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await importer.GetAsync("/v1/users/mailbox")).StatusCode);
        }
        finally
        {
            host.EnvironmentName = "Development";
        }
    }

    private async Task<Guid> Put(string subject, string text)
    {
        var id = Guid.CreateVersion7();
        await mail.Module.Query<long>("with put as (insert into mailbox (id, recipient, subject, body, at) values ($1, 'ann@example.com', $2, $3, now()) returning 1) select count(*) from put", id, subject, text);
        return id;
    }
}
