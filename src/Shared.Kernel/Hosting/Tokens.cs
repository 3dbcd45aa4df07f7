using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Shared.Kernel;

/// <summary>The token's issuer is away or, while the host starts, not known, and its keys, or which tokens it has revoked, are not known yet. HTTP 503.</summary>
internal sealed class IssuerAwayException(Exception? fault, string message = "The issuer of tokens does not answer, and what it publishes is not known yet.") : Exception(message, fault);

/// <summary>
/// The token check of every host, by the issuer's published keys. The issuer is the Users module, wherever it runs, unless <c>Tokens:Authority</c> names another one.
/// </summary>
internal static class Tokens
{
    private const string Issuer = "users";

    /// <summary>Where the Users module publishes what hosts check tokens by.</summary>
    public static readonly IReadOnlyList<string> Published = [$"/v1/{Issuer}/.well-known", $"/v1/{Issuer}/keys", $"/v1/{Issuer}/revocations"];

    public static void Add(IServiceCollection services, IConfiguration configuration, Topology topology)
    {
        services.AddSingleton<Authority>().AddSingleton<Revocations>();
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(bearer =>
        {
            bearer.MapInboundClaims = false;
            bearer.TokenValidationParameters.ValidIssuer = configuration["Tokens:Issuer"] ?? "http://modular";
            bearer.TokenValidationParameters.ValidAudience = configuration["Tokens:Audience"] ?? "modular";
            bearer.TokenValidationParameters.ValidTypes = ["at+jwt"];
            bearer.TokenValidationParameters.ValidAlgorithms = ["ES256", "RS256"];
            bearer.TokenValidationParameters.RoleClaimType = "role";
            bearer.TokenValidationParameters.NameClaimType = "sub";
        });
        services.AddAuthorization();

        // Keys are fetched at the first token, when the front knows its own address: there is no start order between hosts.
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<Authority, Revocations>((bearer, authority, revocations) =>
        {
            bearer.ConfigurationManager = new ConfigurationManager<OpenIdConnectConfiguration>(
                $"{authority.Find(configuration, topology).AbsoluteUri.TrimEnd('/')}/.well-known/openid-configuration",
                new OpenIdConnectConfigurationRetriever(),
                new HttpDocumentRetriever { RequireHttps = false });
            bearer.Events = new JwtBearerEvents { OnAuthenticationFailed = RefuseOnlyByKeysAsync, OnTokenValidated = validated => RefuseRevokedAsync(validated, revocations) };
        });
    }

    /// <summary>A token that no key could be found for is wrong only if there are keys: else it is not refused, but to be tried again.</summary>
    private static async Task RefuseOnlyByKeysAsync(AuthenticationFailedContext failed)
    {
        if (failed.Exception is not SecurityTokenSignatureKeyNotFoundException) return;

        try { await failed.Options.ConfigurationManager!.GetConfigurationAsync(failed.HttpContext.RequestAborted); }
        catch (InvalidOperationException away) { throw new IssuerAwayException(away); }
    }

    private static async Task RefuseRevokedAsync(TokenValidatedContext validated, Revocations revocations)
    {
        var aborted = validated.HttpContext.RequestAborted;
        var issuer = await validated.Options.ConfigurationManager!.GetConfigurationAsync(aborted);
        if (issuer.AdditionalData.TryGetValue(Revocations.Metadata, out var list) && await revocations.HasAsync(validated.Principal!, $"{list}", aborted))
            validated.Fail("The token was revoked.");
    }

    /// <summary>Where tokens are issued.</summary>
    internal sealed class Authority
    {
        /// <summary>Set once the front listens, a moment after its port is open. No token may be checked before: the options keep a fault as they keep a value.</summary>
        public Uri? Front { get; set; }

        public Uri Find(IConfiguration configuration, Topology topology) =>
            configuration["Tokens:Authority"] is { } given ? new Uri(given)
            // A gateway asks itself: it knows which instance answers.
            : new Uri((topology.Gateway ? Front : topology.Elsewhere.GetValueOrDefault(Issuer)?[0] ?? Front) ?? throw new InvalidOperationException("A token was checked before the front listened."), $"/v1/{Issuer}");
    }
}
