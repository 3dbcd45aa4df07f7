using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Users;

/// <summary>Somebody who is signed in asks for another address, and gives his password again: the browser may be somebody else's by now.</summary>
internal static class ChangeEmailPage
{
    public const string Path = "/v1/users/change-email";

    private const string Title = "Change your e-mail address";

    public static void Map(IEndpointRouteBuilder users)
    {
        users.MapGet("/change-email", async (HttpContext http, Pages pages, IQuerySession db, UsersSettings settings, CancellationToken ct) =>
                await Session.OwnerAsync(http, db, settings, ct) is { Account: var account } ? Form(http, pages, account, "", Pages.NoErrors) : Results.Redirect(SignInPage.To(Path)))
            .WithName("ChangeEmailPage").ExcludeFromDescription().ForAnyone();

        users.MapPost("/change-email", async (HttpContext http, IFormCollection form, Pages pages, IQuerySession db, ISender sender, UsersSettings settings, CancellationToken ct) =>
            {
                if (!await pages.IsOwnFormAsync(http)) return pages.StaleForm(http, Path, Title);
                if (await Session.OwnerAsync(http, db, settings, ct) is not { Account: var account }) return Results.Redirect(SignInPage.To(Path));

                var command = new AskForEmailChange.Command(account.Id, form["email"].ToString());
                try
                {
                    if ((await sender.Send(new CheckPassword.Command(account.Email, form["password"].ToString()), ct)).Account is null)
                        return Form(http, pages, account, command.Email, new Dictionary<string, string[]> { ["password"] = ["does not fit, or too many attempts have failed"] });

                    await sender.Send(command, ct);
                    return pages.Message(http, StatusCodes.Status200OK, "Look into your mail", $"A link was mailed to {command.Email.Trim()}: your address changes when you open it. It is good for a day.");
                }
                catch (InvalidException invalid)
                {
                    // A person is told in the page, not by a problem document.
                    return Form(http, pages, account, command.Email, invalid.Errors);
                }
                catch (RefusedException refused)
                {
                    return Form(http, pages, account, command.Email, new Dictionary<string, string[]> { [""] = [refused.Message] });
                }
            })
            .WithName("SubmitChangeEmail").ExcludeFromDescription().DisableAntiforgery().ForAnyone();
    }

    private static IResult Form(HttpContext http, Pages pages, Account account, string email, IReadOnlyDictionary<string, string[]> errors) =>
        pages.Form(http, "ChangeEmail", Title, null, errors, new() { ["current"] = account.Email, ["email"] = email });
}
