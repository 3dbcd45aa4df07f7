using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Users;

/// <summary>Somebody signs in, in this browser, and goes on to where a client sent the browser from.</summary>
internal static class SignInPage
{
    private const string Path = "/v1/users/sign-in", Title = "Sign in";

    public static void Map(IEndpointRouteBuilder users)
    {
        users.MapGet("/sign-in", (HttpContext http, Pages pages, Mailing mailing, string? @return) => pages.Form(http, "SignIn", Title, Return.Checked(@return), Pages.NoErrors, Values(mailing, "")))
            .WithName("SignInPage").ExcludeFromDescription().ForAnyone();

        users.MapPost("/sign-in", async (HttpContext http, IFormCollection form, Pages pages, IQuerySession db, ISender sender, UsersSettings settings, Mailing mailing, TimeProvider clock, CancellationToken ct) =>
            {
                var then = Return.Checked(form["return"]);
                if (!await pages.IsOwnFormAsync(http)) return pages.StaleForm(http, To(then), Title);

                var command = new CheckPassword.Command(form["email"].ToString(), form["password"].ToString());
                IReadOnlyDictionary<string, string[]> errors;
                try
                {
                    if ((await sender.Send(command, ct)).Account is not { } account) errors = new Dictionary<string, string[]> { [""] = [CheckPassword.Refusal] };
                    else if (settings.ConfirmedEmail && account.EmailConfirmedAt is null)
                        return pages.Message(http, StatusCodes.Status403Forbidden, "Confirm your address first", $"A link was mailed to {account.Email}: open it, then sign in.", AskForMailPage.Confirmation.Path, "No mail? Ask for another");
                    else if (await SecondFactorPage.After(account, then, settings, db, ct) is { } more)
                    {
                        await Session.BeginHalfAsync(http, account.Id, account.Generation, clock.GetUtcNow());
                        return Results.Redirect(more);
                    }
                    else
                    {
                        await Session.BeginAsync(http, account.Id, account.Generation, second: false, clock.GetUtcNow());
                        return then is null ? SignedIn(http, pages, mailing, account, second: false) : Results.Redirect(then);
                    }
                }
                catch (InvalidException invalid)
                {
                    // A person is told in the page, not by a problem document.
                    errors = invalid.Errors;
                }

                return pages.Form(http, "SignIn", Title, then, errors, Values(mailing, command.Email));
            })
            .WithName("SubmitSignIn").ExcludeFromDescription().DisableAntiforgery().ForAnyone();
    }

    public static string To(string? then) => then is null ? Path : $"{Path}?return={Uri.EscapeDataString(then)}";

    /// <summary>Nobody sent the browser here: what can be done with an account.</summary>
    public static IResult SignedIn(HttpContext http, Pages pages, Mailing mailing, Account account, bool second)
    {
        (bool Shown, string Path, string Says)[] links =
        [
            (mailing.Links is not null && account.EmailConfirmedAt is null, AskForMailPage.Confirmation.Path, "Confirm your e-mail address"),
            (mailing.Links is not null, ChangeEmailPage.Path, "Change your e-mail address"),
            (true, ChangePasswordPage.Path, "Change your password"),
            (account.Role == Role.Operator, SetUpPage.Path, second ? "Set up another second factor" : "Set up a second factor"),
            (true, SignOutPage.To(null), "Sign out"),
        ];
        return pages.Text(http, "SignedIn", "You are signed in", new()
        {
            ["links"] = new Html(string.Concat(links.Where(link => link.Shown).Select(link => $"<li><a href=\"{link.Path}\">{link.Says}</a></li>"))),
        });
    }

    private static Dictionary<string, object> Values(Mailing mailing, string email) => new()
    {
        ["email"] = email,
        ["forgotten"] = new Html(mailing.Links is null ? "" : $"<p><a href=\"{AskForMailPage.ForgottenPassword.Path}\">Forgotten your password?</a></p>"),
    };
}
