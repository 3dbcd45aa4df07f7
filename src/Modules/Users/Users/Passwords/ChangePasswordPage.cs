using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Users;

/// <summary>Somebody who is signed in changes his password, and gives the old one: the browser may be somebody else's by now.</summary>
internal static class ChangePasswordPage
{
    public const string Path = "/v1/users/change-password";

    private const string Title = "Change your password";

    public static void Map(IEndpointRouteBuilder users)
    {
        users.MapGet("/change-password", async (HttpContext http, Pages pages, IQuerySession db, UsersSettings settings, CancellationToken ct) =>
                await Session.OwnerAsync(http, db, settings, ct) is { Account: var account } ? Form(http, pages, account, Pages.NoErrors) : Results.Redirect(SignInPage.To(Path)))
            .WithName("ChangePasswordPage").ExcludeFromDescription().ForAnyone();

        users.MapPost("/change-password", async (HttpContext http, IFormCollection form, Pages pages, IQuerySession db, ISender sender, UsersSettings settings, TimeProvider clock, CancellationToken ct) =>
            {
                if (!await pages.IsOwnFormAsync(http)) return pages.StaleForm(http, Path, Title);
                if (await Session.OwnerAsync(http, db, settings, ct) is not { Session: var session, Account: var account }) return Results.Redirect(SignInPage.To(Path));

                try
                {
                    if ((await sender.Send(new CheckPassword.Command(account.Email, form["password"].ToString()), ct)).Account is not { } known)
                        return Form(http, pages, account, new Dictionary<string, string[]> { ["password"] = ["does not fit, or too many attempts have failed"] });

                    var generation = await sender.Send(new ChangePassword.Command(known.Id, known.Generation, form["new"].ToString()), ct);
                    // This browser goes on, with as much of a second factor as it had.
                    await Session.BeginAsync(http, known.Id, generation, session.Second, clock.GetUtcNow());
                    return pages.Message(http, StatusCodes.Status200OK, "Your new password is set", "You are signed in here, and nowhere else.");
                }
                catch (InvalidException invalid)
                {
                    // A person is told in the page, not by a problem document.
                    return Form(http, pages, account, invalid.Errors);
                }
                catch (RefusedException refused)
                {
                    return pages.Message(http, StatusCodes.Status409Conflict, "This does not work", refused.Message, SignInPage.To(Path), "Sign in");
                }
            })
            .WithName("SubmitChangePassword").ExcludeFromDescription().DisableAntiforgery().ForAnyone();
    }

    private static IResult Form(HttpContext http, Pages pages, Account account, IReadOnlyDictionary<string, string[]> errors) =>
        pages.Form(http, "ChangePassword", Title, null, errors, new() { ["email"] = account.Email });
}
