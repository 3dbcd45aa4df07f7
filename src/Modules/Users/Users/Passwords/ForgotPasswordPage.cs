using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Users;

/// <summary>Somebody has forgotten his password, and asks for a mail.</summary>
internal static class ForgotPasswordPage
{
    public const string Path = "/v1/users/forgot-password";

    private const string Title = "Set a new password";

    public static void Map(IEndpointRouteBuilder users)
    {
        users.MapGet("/forgot-password", (HttpContext http, Pages pages) => Form(http, pages, "", Pages.NoErrors))
            .WithName("ForgotPasswordPage").ExcludeFromDescription().ForAnyone();

        users.MapPost("/forgot-password", async (HttpContext http, IFormCollection form, Pages pages, ISender sender, CancellationToken ct) =>
            {
                if (!await pages.IsOwnFormAsync(http)) return pages.StaleForm(http, Path, Title);

                var command = new SendReset.Command(form["email"].ToString());
                try
                {
                    await sender.Send(command, ct);
                    return pages.MailSent(http, command.Email, "has an account");
                }
                catch (InvalidException invalid)
                {
                    // A person is told in the page, not by a problem document.
                    return Form(http, pages, command.Email, invalid.Errors);
                }
            })
            .WithName("SubmitForgotPassword").ExcludeFromDescription().DisableAntiforgery().ForAnyone();
    }

    private static IResult Form(HttpContext http, Pages pages, string email, IReadOnlyDictionary<string, string[]> errors) => pages.Form(http, "AskForMail", Title, null, errors, new()
    {
        ["heading"] = Title, ["says"] = "You get a mail with a link by which you set a new one. It is good for an hour.", ["action"] = Path, ["email"] = email,
    });
}
