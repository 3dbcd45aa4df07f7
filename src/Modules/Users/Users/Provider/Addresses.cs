using Microsoft.Extensions.DependencyInjection;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Users;

/// <summary>What the provider calls itself, and where: the issuer exactly as it is set, for hosts compare it letter by letter; its addresses where browsers reach it, whatever stands before this host.</summary>
internal static class Addresses
{
    public static void Add(OpenIddictServerBuilder server)
    {
        // After the request's own address is known, before it is compared with the endpoints'.
        server.AddEventHandler<ProcessRequestContext>(handler => handler.UseSingletonHandler<Public>().SetOrder(int.MinValue + 60_000));
        server.AddEventHandler<ApplyConfigurationResponseContext>(handler => handler.UseSingletonHandler<Discovered>().SetOrder(int.MinValue + 1_000));
        server.AddEventHandler<ProcessSignInContext>(handler => handler.UseSingletonHandler<Issued>().SetOrder(OpenIddictServerHandlers.GenerateAccessToken.Descriptor.Order - 1));
    }

    internal sealed class Public(ProviderSettings settings) : IOpenIddictServerHandler<ProcessRequestContext>
    {
        public ValueTask HandleAsync(ProcessRequestContext context)
        {
            if (settings.Origin is { } origin && context.RequestUri is { } asked)
                (context.BaseUri, context.RequestUri) = (origin, new Uri(origin, asked.PathAndQuery));
            return default;
        }
    }

    internal sealed class Discovered(UsersSettings settings) : IOpenIddictServerHandler<ApplyConfigurationResponseContext>
    {
        public ValueTask HandleAsync(ApplyConfigurationResponseContext context)
        {
            context.Response[Metadata.Issuer] = settings.Issuer;
            return default;
        }
    }

    internal sealed class Issued(UsersSettings settings) : IOpenIddictServerHandler<ProcessSignInContext>
    {
        public ValueTask HandleAsync(ProcessSignInContext context)
        {
            context.AccessTokenPrincipal?.SetClaim(Claims.Private.Issuer, settings.Issuer);
            context.IdentityTokenPrincipal?.SetClaim(Claims.Private.Issuer, settings.Issuer);
            return default;
        }
    }
}
