using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Shared.Kernel;

namespace Users;

/// <param name="ExpiresIn">Seconds.</param>
internal sealed record IssuedToken(string AccessToken, string TokenType, int ExpiresIn);

/// <summary>Signs access tokens for development (RFC 9068's type, ES256), by the same keys as the provider.</summary>
internal sealed class TokenIssuer(UsersSettings settings, KeyRing ring, TimeProvider clock)
{
    internal static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    public async Task<IssuedToken> IssueAsync(Guid subject, Role role, CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var token = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = settings.Issuer,
            Audience = settings.Audience,
            TokenType = "at+jwt",
            IssuedAt = now,
            Expires = now + Lifetime,
            Claims = new Dictionary<string, object> { ["sub"] = subject.ToString(), ["role"] = role.Claim() },
            SigningCredentials = (await ring.ReadAsync(ct)).Signing.Signs,
        });

        return new IssuedToken(token, "Bearer", (int)Lifetime.TotalSeconds);
    }
}
