using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Users.Tests;

[Collection(typeof(OneProvider))]
public sealed class ForgetTokensTests(TheProvider provider)
{
    private const string Alive = "select count(*) from mt_doc_tokenentry", Grants = "select count(*) from mt_doc_grant";

    [Fact]
    public async Task what_has_run_out_is_forgotten_and_nothing_else()
    {
        await provider.Tokens();
        await provider.Module.Query<string>("with old as (update mt_doc_tokenentry set expires_at = now() - interval '11 minutes' returning 1), older as (update mt_doc_grant set created_at = now() - interval '2 hours' returning 1) select 'aged'");
        await provider.Module.Query<string>("""
            with many as (insert into mt_doc_tokenentry (id, data, expires_at) select gen_random_uuid(), '{}', now() - interval '11 minutes' from generate_series(1, 1500) returning 1) select 'made'
            """);
        // Hosts may take it still.
        await provider.Module.Query<string>("with late as (insert into mt_doc_tokenentry (id, data, expires_at) values (gen_random_uuid(), '{}', now() - interval '9 minutes') returning 1) select 'made'");
        var tokens = await provider.Tokens();

        await Housekeeping().OnceAsync(CancellationToken.None);

        Assert.Equal(5, await provider.Module.Query<long>(Alive));
        Assert.Equal(1, await provider.Module.Query<long>(Grants));
        using var browser = provider.ABrowser();
        Assert.Equal(System.Net.HttpStatusCode.OK, (await browser.Refresh(tokens.Text("refresh_token"))).StatusCode);

        ForgetTokens Housekeeping() => provider.Module.ServicesOf("users").GetServices<IHostedService>().OfType<ForgetTokens>().Single();
    }
}
