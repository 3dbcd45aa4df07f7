using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Users;

/// <summary>Somebody asks for a mail with a link: he has forgotten his password, or the mail that confirms his address was lost.</summary>
/// <param name="Says">What the mail is good for.</param>
/// <param name="Condition">To whom one is sent; whether he is one is not told.</param>
internal sealed record AskForMailPage(string Name, string Route, string Title, string Says, string Condition, Func<string, ICommand> Ask)
{
    public static readonly AskForMailPage ForgottenPassword = new(
        "ForgotPassword", "/forgot-password", "Set a new password", "You get a mail with a link by which you set a new one. It is good for an hour.", "has an account", email => new SendReset.Command(email));

    public static readonly AskForMailPage Confirmation = new(
        "ConfirmationMail", "/confirmation-mail", "Confirm your e-mail address", "You get a mail with a link. It is good for three days.", "has an account and is not confirmed", email => new SendConfirmation.Command(email));

    public string Path => $"/v1/users{Route}";

    public void Map(IEndpointRouteBuilder users)
    {
        users.MapGet(Route, (HttpContext http, Pages pages) => Form(http, pages, "", Pages.NoErrors))
            .WithName($"{Name}Page").ExcludeFromDescription().ForAnyone();

        users.MapPost(Route, async (HttpContext http, IFormCollection form, Pages pages, ISender sender, CancellationToken ct) =>
            {
                if (!await pages.IsOwnFormAsync(http)) return pages.StaleForm(http, Path, Title);

                var email = form["email"].ToString();
                try
                {
                    await sender.Send(Ask(email), ct);
                    return pages.MailSent(http, email, Condition);
                }
                catch (InvalidException invalid)
                {
                    // A person is told in the page, not by a problem document.
                    return Form(http, pages, email, invalid.Errors);
                }
            })
            .WithName($"Submit{Name}").ExcludeFromDescription().DisableAntiforgery().ForAnyone();
    }

    private IResult Form(HttpContext http, Pages pages, string email, IReadOnlyDictionary<string, string[]> errors) => pages.Form(http, "AskForMail", Title, null, errors, new()
    {
        ["heading"] = Title, ["says"] = Says, ["action"] = Path, ["email"] = email,
    });
}
