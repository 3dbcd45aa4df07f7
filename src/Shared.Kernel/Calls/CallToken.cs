using System.Security.Claims;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Shared.Kernel;

/// <summary>By which a module proves who it is: a token of a minute, from the calling module to the called one, signed with the key that the hosts share.</summary>
internal static class CallToken
{
    private const string Type = "call+jwt";

    public static Metadata Header(string caller, string callee, byte[] key, TimeProvider clock)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var token = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = caller,
            Audience = callee,
            TokenType = Type,
            Expires = now.AddMinutes(1),
            SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(key), SecurityAlgorithms.HmacSha256),
        });
        return new Metadata { { "Authorization", $"Bearer {token}" } };
    }

    /// <summary>Lets in the modules whose Calls say that they ask this one, and nobody else.</summary>
    public static void Check(IServiceCollection services, string module, Switchboard switchboard)
    {
        services.AddAuthentication().AddJwtBearer(Policies.Module, bearer =>
        {
            bearer.MapInboundClaims = false;
            bearer.TokenValidationParameters.ValidIssuers = switchboard.CallersOf(module);
            bearer.TokenValidationParameters.ValidAudience = module;
            bearer.TokenValidationParameters.ValidTypes = [Type];
            bearer.TokenValidationParameters.ValidAlgorithms = [SecurityAlgorithms.HmacSha256];
            bearer.TokenValidationParameters.IssuerSigningKey = new SymmetricSecurityKey(switchboard.Settings.Key);
        });
        services.AddAuthorizationBuilder().AddPolicy(Policies.Module, policy => policy.AddAuthenticationSchemes(Policies.Module).RequireAuthenticatedUser());
    }
}
