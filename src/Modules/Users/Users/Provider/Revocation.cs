using Marten;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using Shared.Kernel;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;
using static OpenIddict.Server.OpenIddictServerHandlers.Revocation;

namespace Users;

/// <summary>
/// Access tokens are checked by hosts that never ask the provider, so it lists those that ended before their time: as themselves, or with their grant.
/// A client that gives a refresh token back gives back all that came of it (RFC 7009, 2.1).
/// </summary>
internal static class Revocation
{
    private const string Path = "/revocations";

    // Hosts take a token for five minutes longer than it says, and their clocks may differ by as much.
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    public const string IsRevoked = "data ->> 'revokedAt' is not null";

    private const string Recently = $"{IsRevoked} and (data ->> 'revokedAt')::timestamptz > $1";

    private const string Revoked = $"select 'oi_au_id', id from mt_doc_grant where {Recently} union all select 'oi_tkn_id', id from mt_doc_tokenentry where {Recently}";

    public static void Add(OpenIddictServerBuilder server)
    {
        server.AddEventHandler<HandleRevocationRequestContext>(handler => handler.UseScopedHandler<WithItsGrant>().SetOrder(RevokeToken.Descriptor.Order + 1));
        server.AddEventHandler<ApplyConfigurationResponseContext>(handler => handler.UseInlineHandler(context =>
        {
            context.Response["revocation_list_uri"] = new Uri(context.BaseUri!, "v1/users" + Path).AbsoluteUri;
            return default;
        }).SetOrder(int.MinValue + 1_000));
    }

    public static void Map(IEndpointRouteBuilder users) => users
        .MapGet(Path, async (IQuerySession db, ProviderSettings settings, TimeProvider clock, CancellationToken ct) =>
        {
            var rows = await db.Read(Revoked, [clock.GetUtcNow() - settings.Access - Grace], row => (Claim: row.GetString(0), Value: row.GetGuid(1)), ct);
            return TypedResults.Ok(rows.GroupBy(row => row.Claim).ToDictionary(claim => claim.Key, claim => claim.Select(row => row.Value).ToArray()));
        })
        .WithName("ListRevocations")
        .WithSummary("The access tokens that ended before their time, as far as they would be good otherwise: claims, and the values of revoked tokens.")
        .ForAnyone();

    internal sealed class WithItsGrant(IOpenIddictTokenManager tokens) : IOpenIddictServerHandler<HandleRevocationRequestContext>
    {
        public async ValueTask HandleAsync(HandleRevocationRequestContext context)
        {
            if (context.GenericTokenPrincipal is { } token && token.HasTokenType(TokenTypeIdentifiers.RefreshToken) && token.GetAuthorizationId() is { } grant)
                await tokens.RevokeByAuthorizationIdAsync(grant, context.CancellationToken);
        }
    }
}
