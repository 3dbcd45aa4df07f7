using Marten;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OpenIddict.Abstractions;
using Shared.Kernel;
using static OpenIddict.Abstractions.OpenIddictConstants;
using Told = OpenIddict.Server.AspNetCore.OpenIddictServerAspNetCoreConstants.Properties;

namespace Users;

/// <summary>A client sends a browser here and gets a code back, once somebody has signed in. The request itself has been checked before it comes here.</summary>
internal static class Authorize
{
    public static void Map(IEndpointRouteBuilder users) => users
        .MapMethods("/connect/authorize", [HttpMethods.Get, HttpMethods.Post], HandleAsync)
        .WithName("Authorize").ExcludeFromDescription().DisableAntiforgery().ForAnyone();

    private static async Task<IResult> HandleAsync(HttpContext http, IQuerySession db, Pages pages, UsersSettings settings, TimeProvider clock, CancellationToken ct)
    {
        // No client is known that the fault could be told to.
        if (http.GetOpenIddictServerResponse() is { Error: not null } fault)
            return pages.Message(http, StatusCodes.Status400BadRequest, "This does not work", $"The program that sent you here made a mistake: {fault.ErrorDescription} ({fault.Error})");

        var request = http.GetOpenIddictServerRequest()!;
        if (await Session.OwnerAsync(http, db, settings, ct) is { Session: var session, Account: var account } && !request.HasPromptValue(PromptValues.Login) && !(request.MaxAge is { } most && clock.GetUtcNow() - session.Since > TimeSpan.FromSeconds(most)))
            return Results.SignIn(Subject.SignedIn(account, session, request, settings.Audience), authenticationScheme: Provider.Scheme);

        if (request.HasPromptValue(PromptValues.None)) return Refused(Errors.LoginRequired, "Nobody has signed in in this browser.");

        // What asks for a new sign-in is done when it has been answered by one.
        return Return.To(http.Request, Return.Authorize, Parameters.Prompt, Parameters.MaxAge) is { } back
            ? Results.Redirect(SignInPage.To(back))
            : Refused(Errors.InvalidRequest, $"The request has more than {Return.Longest} characters.");
    }

    internal static IResult Refused(string error, string description) => Results.Forbid(
        new AuthenticationProperties(new Dictionary<string, string?> { [Told.Error] = error, [Told.ErrorDescription] = description }), [Provider.Scheme]);
}
