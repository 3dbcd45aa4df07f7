using System.Security.Cryptography;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Users;

/// <summary>The OpenID provider: OpenIddict, on stores, keys and pages of this module's own. There is one if the configuration names clients.</summary>
internal static class Provider
{
    public const string Scheme = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;

    public static void Add(IServiceCollection services, ProviderSettings settings, string issuer)
    {
        Session.Add(services, settings);
        services.AddHostedService<ForgetTokens>();
        services.AddHostedService<InviteFirstOperator>();

        services.AddSingleton<Writes>();
        services.AddScoped<IOpenIddictApplicationStore<Client>, ClientStore>();
        services.AddScoped<IOpenIddictAuthorizationStore<Grant>, GrantStore>();
        services.AddScoped<IOpenIddictScopeStore<NoScope>, NoScopeStore>();
        services.AddScoped<IOpenIddictTokenStore<TokenEntry>, TokenStore>();
        services.AddOpenIddict()
            .AddCore(core => core
                .SetDefaultApplicationEntity<Client>().SetDefaultAuthorizationEntity<Grant>().SetDefaultScopeEntity<NoScope>().SetDefaultTokenEntity<TokenEntry>()
                .ReplaceApplicationManager<Client, ConfiguredClients>()
                .DisableEntityCaching())
            .AddServer(server => Configure(server, settings, new Uri(issuer)));
    }

    public static void Map(IEndpointRouteBuilder users)
    {
        Authorize.Map(users);
        ExchangeToken.Map(users);
        EndSession.Map(users);
        GetUserInfo.Map(users);
        GetSigningKeys.Map(users);
        Revocation.Map(users);

        SignInPage.Map(users);
        RegisterPage.Map(users);
        SignOutPage.Map(users);
        ChangePasswordPage.Map(users);
        FirstOperatorPage.Map(users);
        SecondFactorPage.Map(users);
        SetUpPage.Map(users);
        RemoveSecondFactor.Map(users);
    }

    private static void Configure(OpenIddictServerBuilder server, ProviderSettings settings, Uri issuer)
    {
        server.SetIssuer(issuer)
            .SetConfigurationEndpointUris("v1/users/.well-known/openid-configuration")
            .SetJsonWebKeySetEndpointUris("v1/users/keys")
            .SetAuthorizationEndpointUris("v1/users/connect/authorize")
            .SetTokenEndpointUris("v1/users/connect/token")
            .SetRevocationEndpointUris("v1/users/connect/revoke")
            .SetEndSessionEndpointUris("v1/users/connect/logout")
            .SetUserInfoEndpointUris("v1/users/connect/userinfo");

        server.AllowAuthorizationCodeFlow().AllowRefreshTokenFlow().AllowClientCredentialsFlow()
            .RequireProofKeyForCodeExchange()
            .RegisterScopes(Scopes.OpenId, Scopes.OfflineAccess, Scopes.Email, Scopes.Profile)
            .RegisterClaims(Claims.Subject, Claims.Role, Claims.Email, Claims.EmailVerified, Claims.Name, Claims.AuthenticationTime)
            .DisableAccessTokenEncryption()
            .UseReferenceRefreshTokens()
            // A refresh token that comes twice is a stolen one, however soon.
            .SetRefreshTokenReuseLeeway(TimeSpan.Zero)
            .SetAuthorizationCodeLifetime(settings.Code)
            .SetAccessTokenLifetime(settings.Access)
            .SetIdentityTokenLifetime(settings.Access)
            .SetRefreshTokenLifetime(settings.Refresh);

        server.Configure(options =>
        {
            options.CodeChallengeMethods.Clear();
            options.CodeChallengeMethods.Add(CodeChallengeMethods.Sha256);
        });

        // OpenIddict wants keys before it starts, and then never new ones. These are made anew in each process and sign nothing: TokenKeys puts the ring's in their place.
        server.AddSigningKey(new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)));
        server.AddEncryptionKey(new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32)));
        ReadableForms.Add(server);
        UseOnce.Add(server);
        Revocation.Add(server);
        TokenKeys.Add(server);
        Addresses.Add(server);

        // TLS may end before the host does.
        server.UseAspNetCore().DisableTransportSecurityRequirement()
            .EnableAuthorizationEndpointPassthrough().EnableTokenEndpointPassthrough().EnableEndSessionEndpointPassthrough().EnableUserInfoEndpointPassthrough()
            .EnableErrorPassthrough();
    }
}
