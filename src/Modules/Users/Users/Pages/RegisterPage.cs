using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Users;

/// <summary>A customer opens an account in the browser and is signed in to it.</summary>
internal static class RegisterPage
{
    private const string Path = "/v1/users/register", Title = "Open an account";

    public static void Map(IEndpointRouteBuilder users)
    {
        users.MapGet("/register", (HttpContext http, Pages pages, string? @return) => pages.Form(http, "Register", Title, Return.Checked(@return), Pages.NoErrors, Values("", "")))
            .WithName("RegisterPage").ExcludeFromDescription().ForAnyone();

        users.MapPost("/register", async (HttpContext http, IFormCollection form, Pages pages, ISender sender, UsersSettings settings, TimeProvider clock, CancellationToken ct) =>
            {
                var then = Return.Checked(form["return"]);
                if (!await pages.IsOwnFormAsync(http)) return pages.StaleForm(http, Path + (then is null ? "" : $"?return={Uri.EscapeDataString(then)}"), Title);

                var command = new RegisterAccount.Command(form["email"].ToString(), form["password"].ToString(), form["name"].ToString(), Languages.Of(http.Request));
                var errors = Pages.NoErrors;
                try
                {
                    var registered = await sender.Send(command, ct);
                    if (settings.ConfirmedEmail) return pages.Message(http, StatusCodes.Status200OK, "Look into your mail", $"Your account is open. Before you sign in, open the link that was mailed to {command.Email.Trim()}.", AskForMailPage.Confirmation.Path, "No mail? Ask for another");

                    await Session.BeginAsync(http, registered.Id, generation: 0, second: false, clock.GetUtcNow());
                }
                catch (InvalidException invalid)
                {
                    // A person is told in the page, not by a problem document.
                    errors = invalid.Errors;
                }
                catch (RefusedException refused)
                {
                    errors = new Dictionary<string, string[]> { [""] = [refused.Message] };
                }
                catch (Exception fault) when (RegisterAccount.IsTaken(fault))
                {
                    // The button was pressed twice.
                    errors = new Dictionary<string, string[]> { [""] = [RegisterAccount.Taken] };
                }

                if (errors.Count > 0) return pages.Form(http, "Register", Title, then, errors, Values(command.Email, command.Name));
                return then is null ? pages.Message(http, StatusCodes.Status200OK, "Your account is open", "You are signed in to it: go back to the shop.", "/v1/users/sign-out", "Sign out") : Results.Redirect(then);
            })
            .WithName("SubmitRegistration").ExcludeFromDescription().DisableAntiforgery().ForAnyone();
    }

    private static Dictionary<string, object> Values(string email, string name) => new() { ["email"] = email, ["name"] = name };
}
