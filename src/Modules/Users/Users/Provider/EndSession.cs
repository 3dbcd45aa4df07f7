using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Users;

/// <summary>A client sends a browser here to have somebody signed out; he is asked, and then sent where the client wants, if the client may.</summary>
internal static class EndSession
{
    public static void Map(IEndpointRouteBuilder users) => users
        .MapMethods("/connect/logout", [HttpMethods.Get, HttpMethods.Post], async (HttpContext http, Pages pages) =>
        {
            if (http.GetOpenIddictServerResponse() is { Error: not null } fault)
                return pages.Message(http, StatusCodes.Status400BadRequest, "This does not work", $"The program that sent you here made a mistake: {fault.ErrorDescription} ({fault.Error})");

            if (await Session.ReadAsync(http) is not null) return Results.Redirect(SignOutPage.To(Return.To(http.Request, Return.EndSession)));

            return Results.SignOut(new AuthenticationProperties { RedirectUri = SignOutPage.To(null) }, [Provider.Scheme]);
        })
        .WithName("EndSession").ExcludeFromDescription().DisableAntiforgery().ForAnyone();
}
