using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Users;

/// <summary>An operator who has just given his password sets up his second factor; where it is asked for, before he is signed in. Who has given one too replaces it: by a recovery code, when his telephone is lost.</summary>
internal static class SetUpPage
{
    public const string Path = "/v1/users/second-factor/set-up";

    public const string There = "You have a second factor already. If you have lost it, sign in with a recovery code and set up another, or ask another operator to remove it.";

    private const string Title = "Set up a second factor";

    // The browser may be somebody else's after that.
    private static readonly TimeSpan s_fresh = TimeSpan.FromMinutes(10);

    public static void Map(IEndpointRouteBuilder users)
    {
        users.MapGet("/second-factor/set-up", async (HttpContext http, Pages pages, IQuerySession db, UsersSettings settings, MailSettings mail, Totps totps, TimeProvider clock, string? @return, CancellationToken ct) =>
            {
                var then = Return.Checked(@return);
                if (await Who(http, db, settings, clock, ct) is not { Session: var session, Account: var account }) return Results.Redirect(SignInPage.To(then ?? Path));
                if (account.Role != Role.Operator) return pages.Message(http, StatusCodes.Status403Forbidden, "For operators only", "Second factors are for operators.");
                if (!session.Second && await db.HasSecondFactor(account.Id, ct)) return pages.Message(http, StatusCodes.Status409Conflict, "There is one", There);

                return Form(http, pages, mail, totps, account, Totps.NewSecret(), then, Pages.NoErrors);
            })
            .WithName("SetUpPage").ExcludeFromDescription().ForAnyone();

        users.MapPost("/second-factor/set-up", async (HttpContext http, IFormCollection form, Pages pages, IQuerySession db, ISender sender, UsersSettings settings, MailSettings mail, Totps totps, TimeProvider clock, CancellationToken ct) =>
            {
                var then = Return.Checked(form["return"]);
                if (await Who(http, db, settings, clock, ct) is not { Session: var session, Account: var account }) return Results.Redirect(SignInPage.To(then ?? Path));
                if (!await pages.IsOwnFormAsync(http) || totps.Read(form["sealed"].ToString(), account.Id) is not { } secret) return pages.StaleForm(http, To(then), Title);

                try
                {
                    var (codes, generation) = await sender.Send(new SetUpSecondFactor.Command(account.Id, session.Generation, session.Second, secret, form["code"].ToString()), ct);
                    await Session.BeginAsync(http, account.Id, generation, second: true, clock.GetUtcNow());
                    return pages.Text(http, "RecoveryCodes", "Your recovery codes", new()
                    {
                        ["codes"] = string.Join('\n', codes), ["link"] = new Html(then is null ? "" : $"<p><a href=\"{Html.Encoded(then)}\">Go on</a></p>"),
                    });
                }
                catch (InvalidException invalid)
                {
                    // A person is told in the page, not by a problem document.
                    return Form(http, pages, mail, totps, account, secret, then, invalid.Errors);
                }
                catch (RefusedException refused)
                {
                    return pages.Message(http, StatusCodes.Status409Conflict, "This does not work", refused.Message);
                }
            })
            .WithName("SubmitSetUp").ExcludeFromDescription().DisableAntiforgery().ForAnyone();
    }

    public static string To(string? then) => then is null ? Path : $"{Path}?return={Uri.EscapeDataString(then)}";

    private static async Task<SignedIn?> Who(HttpContext http, IQuerySession db, UsersSettings settings, TimeProvider clock, CancellationToken ct)
    {
        var somebody = await Session.HalfOwnerAsync(http, db, ct) ?? await Session.OwnerAsync(http, db, settings, ct);
        return somebody is not null && clock.GetUtcNow() - somebody.Session.Since < s_fresh ? somebody : null;
    }

    // The secret waits in the form, sealed for this account: nothing is kept of a set-up that is not finished.
    private static IResult Form(HttpContext http, Pages pages, MailSettings mail, Totps totps, Account account, string secret, string? then, IReadOnlyDictionary<string, string[]> errors)
    {
        var address = Totps.Address(secret, account.Email, mail.From?.Name is { Length: > 0 } shop ? shop : http.Request.Host.Host);
        return pages.Form(http, "SetUpSecondFactor", Title, then, errors, new()
        {
            ["qr"] = QrCode.Svg(address, "The address below as a QR code"),
            ["address"] = address,
            ["secret"] = string.Join(' ', secret.Chunk(4).Select(part => new string(part))),
            ["sealed"] = totps.Close(secret, account.Id),
        });
    }
}
