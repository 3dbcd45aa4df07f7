using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Shared.Kernel;

namespace Users;

/// <param name="ExpiresIn">Seconds.</param>
internal sealed record IssuedToken(string AccessToken, string TokenType, int ExpiresIn);

/// <summary>Signs access tokens (RFC 9068's type, ES256).</summary>
internal sealed class TokenIssuer(UsersSettings settings, TimeProvider clock)
{
    private static readonly TimeSpan s_lifetime = TimeSpan.FromHours(1);

    public IssuedToken Issue(SigningKey key, Guid subject, Role role)
    {
        using var pair = key.Open();
        var now = clock.GetUtcNow().UtcDateTime;
        var token = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = settings.Issuer,
            Audience = settings.Audience,
            TokenType = "at+jwt",
            IssuedAt = now,
            Expires = now + s_lifetime,
            Claims = new Dictionary<string, object>
            {
                ["sub"] = subject.ToString(),
                ["role"] = role == Role.Operator ? Policies.Operator : Policies.Customer,
            },
            // The usual factory keeps signers by key id, and with them the pair that is disposed of here.
            SigningCredentials = new SigningCredentials(new ECDsaSecurityKey(pair) { KeyId = key.KeyId }, SecurityAlgorithms.EcdsaSha256)
            {
                CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false },
            },
        });

        return new IssuedToken(token, "Bearer", (int)s_lifetime.TotalSeconds);
    }
}
