using System.Globalization;
using System.Security.Claims;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Users;

/// <summary>Whom tokens are about, and what they say.</summary>
internal static class Subject
{
    // In codes and refresh tokens only: it has no destination.
    private const string Generation = "account_generation", Second = "account_second_factor";

    /// <summary>Whether the account's tokens were not all ended since, and it was signed in to by as much as it takes now. One without a generation is of before there were any.</summary>
    public static bool IsStill(ClaimsPrincipal before, Account account, UsersSettings settings) =>
        int.Parse(before.GetClaim(Generation) ?? "0", CultureInfo.InvariantCulture) == account.Generation && (before.HasClaim(Second) || !settings.NeedsSecondFactor(account));

    public static ClaimsPrincipal Of(Guid id, Role role, string audience)
    {
        var identity = new ClaimsIdentity("users", Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, id.ToString());
        identity.SetClaim(Claims.Role, role.Claim());
        identity.SetResources(audience);
        return Addressed(new ClaimsPrincipal(identity));
    }

    /// <summary>As the account is now, whatever it was when the code or the refresh token was issued.</summary>
    public static ClaimsPrincipal Renewed(ClaimsPrincipal before, Account account)
    {
        before.SetClaim(Claims.Role, account.Role.Claim());
        before.SetClaim(Claims.Email, before.HasScope(Scopes.Email) ? account.Email : null);
        if (before.HasScope(Scopes.Email)) before.SetClaim(Claims.EmailVerified, account.EmailConfirmedAt is not null);
        before.SetClaim(Claims.Name, before.HasScope(Scopes.Profile) ? account.Name : null);
        return Addressed(before);
    }

    // Who somebody is goes to the client that he signed in to, not to every module that sees its access token.
    private static ClaimsPrincipal Addressed(ClaimsPrincipal principal) => principal.SetDestinations(claim => claim.Type switch
    {
        Claims.Role => [Destinations.AccessToken, Destinations.IdentityToken],
        Claims.Email or Claims.EmailVerified or Claims.Name or Claims.AuthenticationTime => [Destinations.IdentityToken],
        _ => [],
    });

    public static ClaimsPrincipal SignedIn(Account account, Session session, OpenIddictRequest request, string audience)
    {
        var principal = Of(account.Id, account.Role, audience);
        principal.SetScopes(request.GetScopes());
        principal.SetClaim(Claims.AuthenticationTime, session.Since.ToUnixTimeSeconds());
        principal.SetClaim(Generation, account.Generation);
        if (session.Second) principal.SetClaim(Second, "true");
        return Addressed(principal);
    }
}
