using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.IdentityModel.Tokens;
using Shared.Kernel;

namespace Users;

/// <summary>The public keys by which every host checks tokens (RFC 7517).</summary>
internal static class GetSigningKeys
{
    public sealed record KeySet(IReadOnlyList<Key> Keys);

    public sealed record Key(string Kty, string Use, string Alg, string Kid, string Crv, string X, string Y);

    public static void Map(IEndpointRouteBuilder users) => users
        // The first one to ask makes the key: a host that read an empty set would refuse tokens until it reads again.
        .MapGet("/keys", async (KeyRing ring, CancellationToken ct) => TypedResults.Ok(new KeySet([.. (await ring.ReadAsync(ct)).Published.Select(Public)])))
        .WithName("GetSigningKeys")
        .WithSummary("The keys by which access tokens are checked.")
        .ForAnyone();

    private static Key Public(OpenedKey key)
    {
        var point = key.Pair.ECDsa.ExportParameters(includePrivateParameters: false).Q;
        return new("EC", "sig", "ES256", key.Pair.KeyId, "P-256", Base64UrlEncoder.Encode(point.X), Base64UrlEncoder.Encode(point.Y));
    }
}
