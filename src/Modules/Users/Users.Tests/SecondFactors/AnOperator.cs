using System.Text.RegularExpressions;
using OtpNet;

namespace Users.Tests;

/// <summary>An operator with a browser and a telephone.</summary>
public sealed partial class AnOperator(TheMail mail, Browser browser, string email) : IDisposable
{
    public const string SetUpPage = "/v1/users/second-factor/set-up", CodePage = "/v1/users/second-factor";

    public Browser Browser => browser;

    public string Secret { get; private set; } = "";

    public string[] RecoveryCodes { get; private set; } = [];

    /// <summary>Not in the time steps of which a code was accepted already.</summary>
    public string NextCode => new Totp(Base32Encoding.ToBytes(Secret)).ComputeTotp(TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(30));

    public string Code => new Totp(Base32Encoding.ToBytes(Secret)).ComputeTotp(TimeProvider.System.GetUtcNow().UtcDateTime);

    public static async Task<AnOperator> In(TheMail mail, string email)
    {
        await mail.ACustomer(email);
        await mail.Module.Query<string>("with now as (update mt_doc_account set data = data || '{\"role\": \"Operator\"}' where data ->> 'email' = $1 returning 1) select 'operator'", email);
        var browser = mail.ABrowser();
        await browser.SignIn(email);
        return new AnOperator(mail, browser, email);
    }

    public async Task<AnOperator> WithSecondFactor()
    {
        var page = await Said(await browser.Get(SetUpPage));
        Secret = TypedSecret().Match(page).Groups[1].Value.Replace(" ", "", StringComparison.Ordinal);
        // The form of this very page: another one has another secret.
        var done = await Said(await browser.Send(page, ("code", Code)));
        RecoveryCodes = done[(done.IndexOf("<pre>", StringComparison.Ordinal) + 5)..done.IndexOf("</pre>", StringComparison.Ordinal)].ReplaceLineEndings("\n").Replace("&#xA;", "\n", StringComparison.Ordinal).Split('\n');
        return this;
    }

    public Task<HttpResponseMessage> SignIn(Browser at, string password = TheUsers.Password) => at.SignIn(email, password);

    /// <summary>As if the codes that were accepted so far were old.</summary>
    public Task<string> Later() => mail.Module.Query<string>("with later as (update mt_doc_secondfactor set data = jsonb_set(data, '{lastStep}', '0') where id = (select id from mt_doc_account where data ->> 'email' = $1) returning 1) select 'later'", email);

    public static Task<string> Said(HttpResponseMessage answer) => answer.Content.ReadAsStringAsync();

    public void Dispose() => browser.Dispose();

    [GeneratedRegex("<code>([A-Z2-7 ]+)</code>")]
    private static partial Regex TypedSecret();
}
