using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Shared.Testing;

/// <summary>A token issuer of the tests' own, one per process: hosts are pointed to it by <c>Tokens:Authority</c>.</summary>
public sealed class TestIssuer
{
    private static readonly Lazy<Task<TestIssuer>> Shared = new(StartAsync);

    /// <summary>The id of a token that has ended before its time.</summary>
    public const string Revoked = "revoked";

    private readonly ECDsaSecurityKey _key = new(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = "test" };

    private TestIssuer() { }

    public Uri Address { get; private set; } = null!;

    public static Task<TestIssuer> SharedAsync() => Shared.Value;

    /// <summary>As what hosts check says that this issuer signs with.</summary>
    public ECDsa Key => _key.ECDsa;

    /// <param name="spoil">Makes of a good token a bad one, before it is signed.</param>
    public string Token(string role, Guid subject, Action<SecurityTokenDescriptor>? spoil = null)
    {
        var token = new SecurityTokenDescriptor
        {
            Issuer = "http://modular",
            Audience = "modular",
            TokenType = "at+jwt",
            Subject = new ClaimsIdentity([new Claim("sub", subject.ToString()), new Claim("role", role)]),
            Expires = TimeProvider.System.GetUtcNow().AddHours(1).UtcDateTime,
            SigningCredentials = new SigningCredentials(_key, SecurityAlgorithms.EcdsaSha256),
        };
        spoil?.Invoke(token);
        return new JsonWebTokenHandler().CreateToken(token);
    }

    private static async Task<TestIssuer> StartAsync()
    {
        var issuer = new TestIssuer();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        application.MapGet("/.well-known/openid-configuration", (HttpRequest request) => Results.Json(new { issuer = "http://modular", jwks_uri = $"http://{request.Host}/keys", revocation_list_uri = $"http://{request.Host}/revocations" }));
        application.MapGet("/revocations", () => Results.Json(new { jti = new[] { Revoked } }));
        application.MapGet("/keys", () =>
        {
            var key = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(issuer._key);
            return Results.Json(new { keys = new[] { new { kty = key.Kty, crv = key.Crv, x = key.X, y = key.Y, kid = key.Kid, use = "sig", alg = "ES256" } } });
        });
        await application.StartAsync();
        issuer.Address = new Uri(application.Urls.First());
        return issuer;
    }
}
