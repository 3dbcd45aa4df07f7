using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Users;

/// <summary>Somebody is asked before he is signed out: another site may have sent the browser here.</summary>
internal static class SignOutPage
{
    private const string Path = "/v1/users/sign-out", Title = "Sign out";

    public static void Map(IEndpointRouteBuilder users)
    {
        users.MapGet("/sign-out", async (HttpContext http, Pages pages, string? @return) => await Session.ReadAsync(http) is null
                ? SignedOut(http, pages)
                : pages.Form(http, "SignOut", Title, Return.Checked(@return), Pages.NoErrors))
            .WithName("SignOutPage").ExcludeFromDescription().ForAnyone();

        users.MapPost("/sign-out", async (HttpContext http, IFormCollection form, Pages pages) =>
            {
                var then = Return.Checked(form["return"]);
                if (!await pages.IsOwnFormAsync(http)) return pages.StaleForm(http, To(then), Title);

                await Session.EndAsync(http);
                return then is null ? SignedOut(http, pages) : Results.Redirect(then);
            })
            .WithName("SubmitSignOut").ExcludeFromDescription().DisableAntiforgery().ForAnyone();
    }

    public static string To(string? then) => then is null ? Path : $"{Path}?return={Uri.EscapeDataString(then)}";

    private static IResult SignedOut(HttpContext http, Pages pages) =>
        pages.Message(http, StatusCodes.Status200OK, "You are signed out", "Programs that you have signed in to may keep access until you sign out there too.", "/v1/users/sign-in", "Sign in");
}
