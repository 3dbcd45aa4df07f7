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

    // Of grants those by which somebody has an access token: of the others there may be any number.
    private const string Revoked = """
        select 'oi_au_id', id from mt_doc_grant where mt_immutable_timestamptz(data ->> 'revokedAt') > $1
            and exists (select 1 from mt_doc_tokenentry token where token.grant_id = mt_doc_grant.id and token.expires_at > $2 and token.data ->> 'referenceId' is null)
        union all
        select 'oi_tkn_id', id from mt_doc_tokenentry where mt_immutable_timestamptz(data ->> 'revokedAt') > $1
        """;

    public static void Add(OpenIddictServerBuilder server)
    {
        server.AddEventHandler<HandleRevocationRequestContext>(handler => handler.UseScopedHandler<WithItsGrant>().SetOrder(RevokeToken.Descriptor.Order - 1));
        server.AddEventHandler<ApplyConfigurationResponseContext>(handler => handler.UseInlineHandler(context =>
        {
            context.Response["revocation_list_uri"] = new Uri(context.BaseUri!, "v1/users" + Path).AbsoluteUri;
            return default;
        }).SetOrder(int.MinValue + 1_000));
    }

    public static void Map(IEndpointRouteBuilder users) => users
        .MapGet(Path, async (IQuerySession db, ProviderSettings settings, TimeProvider clock, CancellationToken ct) =>
        {
            var over = clock.GetUtcNow() - Grace;
            var rows = await db.Read(Revoked, [over - settings.Access, over], row => (Claim: row.GetString(0), Value: row.GetGuid(1)), ct);
            return TypedResults.Ok(rows.GroupBy(row => row.Claim).ToDictionary(claim => claim.Key, claim => claim.Select(row => row.Value).ToArray()));
        })
        .WithName("ListRevocations")
        .WithSummary("The access tokens that ended before their time, as far as they would be good otherwise: claims, and the values of revoked tokens.")
        .ForAnyone();

    // First, and to its end: a client that hangs up, or tries again, has ended all of it or nothing.
    internal sealed class WithItsGrant(IOpenIddictTokenManager tokens) : IOpenIddictServerHandler<HandleRevocationRequestContext>
    {
        public async ValueTask HandleAsync(HandleRevocationRequestContext context)
        {
            if (context.GenericTokenPrincipal is { } token && token.HasTokenType(TokenTypeIdentifiers.RefreshToken) && token.GetAuthorizationId() is { } grant)
                await tokens.RevokeByAuthorizationIdAsync(grant, CancellationToken.None);
        }
    }
}
