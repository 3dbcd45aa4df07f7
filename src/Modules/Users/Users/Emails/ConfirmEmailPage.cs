using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Users;

/// <summary>Where the mailed link leads. Opening it does nothing yet: programs that look into mails open links too.</summary>
internal static class ConfirmEmailPage
{
    private const string Path = "/v1/users/confirm-email", Title = "Confirm your e-mail address";

    public static void Map(IEndpointRouteBuilder users)
    {
        users.MapGet("/confirm-email", (HttpContext http, Pages pages, string? secret) => pages.Form(http, "ConfirmEmail", Title, null, Pages.NoErrors, new() { ["secret"] = secret ?? "" }))
            .WithName("ConfirmEmailPage").ExcludeFromDescription().ForAnyone();

        users.MapPost("/confirm-email", async (HttpContext http, IFormCollection form, Pages pages, ISender sender, CancellationToken ct) =>
            {
                var secret = form["secret"].ToString();
                if (!await pages.IsOwnFormAsync(http)) return pages.StaleForm(http, $"{Path}?secret={Uri.EscapeDataString(secret)}", Title);

                try
                {
                    var email = await sender.Send(new ConfirmEmail.Command(secret), ct);
                    return pages.Message(http, StatusCodes.Status200OK, "Your address is confirmed", $"{email} is yours: go back to the shop.", SignInPage.To(null), "Sign in");
                }
                catch (RefusedException refused)
                {
                    // A person is told in the page, not by a problem document.
                    return pages.Message(http, StatusCodes.Status409Conflict, "This does not work", refused.Message, SignInPage.To(null), "Sign in, and ask for another mail there");
                }
                catch (Exception fault) when (RegisterAccount.IsTaken(fault))
                {
                    // Another account has taken the address at the same moment.
                    return pages.Message(http, StatusCodes.Status409Conflict, "This does not work", RegisterAccount.Taken);
                }
            })
            .WithName("SubmitConfirmEmail").ExcludeFromDescription().DisableAntiforgery().ForAnyone();
    }
}
