using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Users;

/// <summary>Where the mailed link leads. What it is worth is said when the form is sent.</summary>
internal static class ResetPasswordPage
{
    private const string Path = "/v1/users/reset-password", Title = "Set a new password";

    public static void Map(IEndpointRouteBuilder users)
    {
        users.MapGet("/reset-password", (HttpContext http, Pages pages, string? secret) => Form(http, pages, secret ?? "", Pages.NoErrors))
            .WithName("ResetPasswordPage").ExcludeFromDescription().ForAnyone();

        users.MapPost("/reset-password", async (HttpContext http, IFormCollection form, Pages pages, ISender sender, CancellationToken ct) =>
            {
                var command = new ResetPassword.Command(form["secret"].ToString(), form["password"].ToString());
                if (!await pages.IsOwnFormAsync(http)) return pages.StaleForm(http, $"{Path}?secret={Uri.EscapeDataString(command.Secret)}", Title);

                try
                {
                    await sender.Send(command, ct);
                    await Session.EndAsync(http);
                    return pages.Message(http, StatusCodes.Status200OK, "Your new password is set", "Wherever you were signed in, you are not any more.", SignInPage.To(null), "Sign in");
                }
                catch (InvalidException invalid)
                {
                    // A person is told in the page, not by a problem document.
                    return Form(http, pages, command.Secret, invalid.Errors);
                }
                catch (RefusedException refused)
                {
                    return pages.Message(http, StatusCodes.Status409Conflict, "This does not work", refused.Message, AskForMailPage.ForgottenPassword.Path, "Ask for another mail");
                }
            })
            .WithName("SubmitResetPassword").ExcludeFromDescription().DisableAntiforgery().ForAnyone();
    }

    private static IResult Form(HttpContext http, Pages pages, string secret, IReadOnlyDictionary<string, string[]> errors) =>
        pages.Form(http, "ResetPassword", Title, null, errors, new() { ["secret"] = secret });
}
