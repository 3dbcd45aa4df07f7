using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Users;

/// <summary>Where the printed link leads.</summary>
internal static class FirstOperatorPage
{
    private const string Path = "/v1/users/first-operator", Title = "Become the first operator";

    public static string To(string secret) => $"{Path}?secret={Uri.EscapeDataString(secret)}";

    public static void Map(IEndpointRouteBuilder users)
    {
        // What the link is worth is said when the form is sent: asking costs nobody anything, and tells nobody anything.
        users.MapGet("/first-operator", (HttpContext http, Pages pages, string? secret) => pages.Form(http, "FirstOperator", Title, null, Pages.NoErrors, Values(secret ?? "", "", "")))
            .WithName("FirstOperatorPage").ExcludeFromDescription().ForAnyone();

        users.MapPost("/first-operator", async (HttpContext http, IFormCollection form, Pages pages, ISender sender, UsersSettings settings, TimeProvider clock, CancellationToken ct) =>
            {
                var command = new OpenFirstOperator.Command(form["secret"].ToString(), form["email"].ToString(), form["password"].ToString(), form["name"].ToString());
                if (!await pages.IsOwnFormAsync(http)) return pages.StaleForm(http, To(command.Secret), Title);

                try
                {
                    var account = await sender.Send(command, ct);
                    if (settings.OperatorsSecondFactor)
                    {
                        await Session.BeginHalfAsync(http, account, generation: 0, clock.GetUtcNow());
                        return Results.Redirect(SetUpPage.To(null));
                    }

                    await Session.BeginAsync(http, account, generation: 0, second: false, clock.GetUtcNow());
                    return pages.Message(http, StatusCodes.Status200OK, "You are the first operator", "You are signed in. Others are opened accounts for.", "/v1/users/sign-out", "Sign out");
                }
                catch (InvalidException invalid)
                {
                    // A person is told in the page, not by a problem document.
                    return pages.Form(http, "FirstOperator", Title, null, invalid.Errors, Values(command.Secret, command.Email, command.Name));
                }
                catch (RefusedException refused)
                {
                    return pages.Form(http, "FirstOperator", Title, null, new Dictionary<string, string[]> { [""] = [refused.Message] }, Values(command.Secret, command.Email, command.Name));
                }
            })
            .WithName("SubmitFirstOperator").ExcludeFromDescription().DisableAntiforgery().ForAnyone();
    }

    private static Dictionary<string, object> Values(string secret, string email, string name) => new() { ["secret"] = secret, ["email"] = email, ["name"] = name };
}
