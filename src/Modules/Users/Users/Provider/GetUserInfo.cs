using Marten;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OpenIddict.Abstractions;
using Shared.Kernel;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Users;

/// <summary>Who signed in, as far as the client's token reaches (OpenID Connect Core, 5.3).</summary>
internal static class GetUserInfo
{
    public static void Map(IEndpointRouteBuilder users) => users
        .MapMethods("/connect/userinfo", [HttpMethods.Get, HttpMethods.Post], async (HttpContext http, IQuerySession db, CancellationToken ct) =>
        {
            var token = (await http.AuthenticateAsync(Provider.Scheme)).Principal!;
            if (await db.LoadAsync<Account>(Guid.Parse(token.GetClaim(Claims.Subject)!), ct) is not { } account)
                return Authorize.Refused(Errors.InvalidToken, "The account is not there any more.");

            var known = new Dictionary<string, object> { [Claims.Subject] = account.Id.ToString(), [Claims.Role] = account.Role.Claim() };
            if (token.HasScope(Scopes.Email)) (known[Claims.Email], known[Claims.EmailVerified]) = (account.Email, account.EmailConfirmedAt is not null);
            if (token.HasScope(Scopes.Profile)) known[Claims.Name] = account.Name;
            return Results.Json(known);
        })
        .WithName("GetUserInfo").ExcludeFromDescription().DisableAntiforgery().ForAnyone();
}
