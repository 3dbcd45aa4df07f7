using Marten;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OpenIddict.Abstractions;
using Shared.Kernel;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Users;

/// <summary>A code, a refresh token or a client's own secret against tokens. Client, code, verifier and token have been checked before it comes here.</summary>
internal static class ExchangeToken
{
    public static void Map(IEndpointRouteBuilder users) => users
        .MapPost("/connect/token", HandleAsync)
        .WithName("ExchangeToken").ExcludeFromDescription().DisableAntiforgery().ForAnyone();

    private static async Task<IResult> HandleAsync(HttpContext http, IQuerySession db, ProviderSettings provider, UsersSettings settings, CancellationToken ct)
    {
        var request = http.GetOpenIddictServerRequest()!;
        if (request.IsClientCredentialsGrantType())
        {
            var client = provider.Clients.Single(client => client.Id == request.ClientId);
            return Results.SignIn(Subject.Of(client.Subject, client.Role!.Value, settings.Audience), authenticationScheme: Provider.Scheme);
        }

        var before = (await http.AuthenticateAsync(Provider.Scheme)).Principal!;
        var id = Guid.Parse(before.GetClaim(Claims.Subject)!);
        // Who is ending all that the account has holds it: its end is waited for.
        await db.Read("select id from mt_doc_account where id = $1 for share", [id], row => row.GetGuid(0), ct);
        return await db.LoadAsync<Account>(id, ct) is { } account && Subject.IsStill(before, account, settings)
            ? Results.SignIn(Subject.Renewed(before, account), authenticationScheme: Provider.Scheme)
            : Authorize.Refused(Errors.InvalidGrant, "The account is not there any more, or was signed out everywhere.");
    }
}
