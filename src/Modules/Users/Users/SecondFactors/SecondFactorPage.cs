using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Users;

/// <summary>Who has given his password and has a second factor is asked for a code.</summary>
internal static class SecondFactorPage
{
    public const string Path = "/v1/users/second-factor";

    private const string Title = "Enter a code";

    public static void Map(IEndpointRouteBuilder users)
    {
        users.MapGet("/second-factor", async (HttpContext http, Pages pages, IQuerySession db, string? @return, CancellationToken ct) =>
            {
                var then = Return.Checked(@return);
                if (await Session.HalfOwnerAsync(http, db, ct) is not { Account: var account }) return Results.Redirect(SignInPage.To(then));

                return await db.HasSecondFactor(account.Id, ct) ? pages.Form(http, "SecondFactor", Title, then, Pages.NoErrors) : Results.Redirect(SetUpPage.To(then));
            })
            .WithName("SecondFactorPage").ExcludeFromDescription().ForAnyone();

        users.MapPost("/second-factor", async (HttpContext http, IFormCollection form, Pages pages, IQuerySession db, ISender sender, Mailing mailing, TimeProvider clock, CancellationToken ct) =>
            {
                var then = Return.Checked(form["return"]);
                if (!await pages.IsOwnFormAsync(http)) return pages.StaleForm(http, To(then), Title);
                if (await Session.HalfOwnerAsync(http, db, ct) is not { Account: var account }) return Results.Redirect(SignInPage.To(then));

                try
                {
                    if (!await sender.Send(new CheckCode.Command(account.Id, form["code"].ToString()), ct))
                        return pages.Form(http, "SecondFactor", Title, then, new Dictionary<string, string[]> { ["code"] = [CheckCode.Refusal] });
                }
                catch (RefusedException refused)
                {
                    // A person is told in the page, not by a problem document.
                    return pages.Form(http, "SecondFactor", Title, then, new Dictionary<string, string[]> { [""] = [refused.Message] });
                }

                await Session.BeginAsync(http, account.Id, account.Generation, second: true, clock.GetUtcNow());
                return then is null ? SignInPage.SignedIn(http, pages, mailing, account, second: true) : Results.Redirect(then);
            })
            .WithName("SubmitSecondFactor").ExcludeFromDescription().DisableAntiforgery().ForAnyone();
    }

    /// <summary>Where somebody must go who has given his password. Null: nowhere, he is signed in.</summary>
    public static async Task<string?> After(Account account, string? then, UsersSettings settings, IQuerySession db, CancellationToken ct) =>
        await db.HasSecondFactor(account.Id, ct) ? To(then) : settings.NeedsSecondFactor(account) ? SetUpPage.To(then) : null;

    private static string To(string? then) => then is null ? Path : $"{Path}?return={Uri.EscapeDataString(then)}";
}
