using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Users.Tests;

public sealed class TokenIssuerTests
{
    private readonly SigningKey _key = SigningKey.Make(TimeProvider.System.GetUtcNow());
    private readonly TokenIssuer _issuer = new(new UsersSettings(true, "http://issuer", "audience", 10, TimeSpan.FromMinutes(15)), TimeProvider.System);

    [Theory]
    [InlineData(Role.Customer, "customer")]
    [InlineData(Role.Operator, "operator")]
    public void a_token_says_who_and_what_role_for_an_hour(Role role, string named)
    {
        var subject = Guid.CreateVersion7();

        var issued = _issuer.Issue(_key, subject, role);

        var token = new JsonWebToken(issued.AccessToken);
        Assert.Equal(("at+jwt", "ES256", _key.KeyId), (token.Typ, token.Alg, token.Kid));
        Assert.Equal(("http://issuer", "audience"), (token.Issuer, token.Audiences.Single()));
        Assert.Equal((subject.ToString(), named), (token.Subject, token.GetClaim("role").Value));
        Assert.Equal(("Bearer", 3600), (issued.TokenType, issued.ExpiresIn));
        Assert.Equal(TimeSpan.FromHours(1), token.ValidTo - token.IssuedAt);
    }

    [Fact]
    public async Task a_token_is_checked_by_the_public_half()
    {
        var issued = _issuer.Issue(_key, Guid.CreateVersion7(), Role.Customer);

        Assert.True(await IsSigned(issued.AccessToken, _key));
        Assert.False(await IsSigned(issued.AccessToken, SigningKey.Make(TimeProvider.System.GetUtcNow())));
    }

    [Fact]
    public void one_key_signs_many_tokens()
    {
        for (var i = 0; i < 20; i++) Assert.NotEmpty(_issuer.Issue(_key, Guid.CreateVersion7(), Role.Customer).AccessToken);
    }

    private static async Task<bool> IsSigned(string token, SigningKey key)
    {
        using var pair = key.Open();
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = "http://issuer",
            ValidAudience = "audience",
            IssuerSigningKey = new ECDsaSecurityKey(pair),
            CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false },
        });
        return result.IsValid;
    }
}
