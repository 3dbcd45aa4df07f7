using Microsoft.Extensions.DependencyInjection;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;
using static OpenIddict.Server.OpenIddictServerHandlers;

namespace Users;

/// <summary>
/// A code or a refresh token is used up before anything is issued for it. OpenIddict lets all pass who bring a refresh token at the same moment;
/// here one does, and the others are told from no thief: the grant ends, as it does when a token comes again later.
/// </summary>
internal sealed class UseOnce(IOpenIddictTokenManager tokens) : IOpenIddictServerHandler<ProcessSignInContext>
{
    public static void Add(OpenIddictServerBuilder server)
    {
        server.RemoveEventHandler(RedeemTokenEntry.Descriptor);
        server.AddEventHandler<ProcessSignInContext>(handler => handler.UseScopedHandler<UseOnce>().SetOrder(RedeemTokenEntry.Descriptor.Order));
    }

    public async ValueTask HandleAsync(ProcessSignInContext context)
    {
        if (context.EndpointType is not OpenIddictServerEndpointType.Token) return;

        var brought = context.Transaction.GetProperty<ProcessAuthenticationContext>(typeof(ProcessAuthenticationContext).FullName!);
        if ((brought?.AuthorizationCodePrincipal ?? brought?.RefreshTokenPrincipal) is not { } principal) return;

        if (await tokens.FindByIdAsync(principal.GetTokenId()!, context.CancellationToken) is { } token
            && await tokens.HasStatusAsync(token, Statuses.Valid, context.CancellationToken) && await tokens.TryRedeemAsync(token, context.CancellationToken)) return;

        if (principal.GetAuthorizationId() is { } grant) await tokens.RevokeByAuthorizationIdAsync(grant, context.CancellationToken);
        context.Reject(Errors.InvalidGrant, "The token has been used already.");
    }
}
