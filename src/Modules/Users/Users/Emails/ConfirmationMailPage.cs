using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Users;

/// <summary>Somebody whose mail was lost asks for another.</summary>
internal static class ConfirmationMailPage
{
    public const string Path = "/v1/users/confirmation-mail";

    private const string Title = "Confirm your e-mail address";

    public static void Map(IEndpointRouteBuilder users)
    {
        users.MapGet("/confirmation-mail", (HttpContext http, Pages pages) => Form(http, pages, "", Pages.NoErrors))
            .WithName("ConfirmationMailPage").ExcludeFromDescription().ForAnyone();

        users.MapPost("/confirmation-mail", async (HttpContext http, IFormCollection form, Pages pages, ISender sender, CancellationToken ct) =>
            {
                if (!await pages.IsOwnFormAsync(http)) return pages.StaleForm(http, Path, Title);

                var command = new SendConfirmation.Command(form["email"].ToString());
                try
                {
                    await sender.Send(command, ct);
                    return pages.MailSent(http, command.Email, "has an account and is not confirmed");
                }
                catch (InvalidException invalid)
                {
                    // A person is told in the page, not by a problem document.
                    return Form(http, pages, command.Email, invalid.Errors);
                }
            })
            .WithName("SubmitConfirmationMail").ExcludeFromDescription().DisableAntiforgery().ForAnyone();
    }

    private static IResult Form(HttpContext http, Pages pages, string email, IReadOnlyDictionary<string, string[]> errors) => pages.Form(http, "AskForMail", Title, null, errors, new()
    {
        ["heading"] = Title, ["says"] = "You get a mail with a link. It is good for three days.", ["action"] = Path, ["email"] = email,
    });
}
