using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Users;

/// <summary>
/// A key pair (P-256) by which tokens are signed. It is published when it is made, signs from its time on until its successor does,
/// and stays published until the last token that it signed has ended.
/// </summary>
public sealed class SigningKey
{
    /// <summary>The first key's. The program before this one knows no other, and may run beside.</summary>
    internal const string First = "current";

    private const string Purpose = "signing-key";

    public string Id { get; init; } = First;

    /// <summary>The key's thumbprint (RFC 7638).</summary>
    public required string KeyId { get; init; }

    /// <summary>PKCS #8, readable: there was no secret when it was made.</summary>
    public byte[]? PrivateKey { get; init; }

    /// <summary>PKCS #8, sealed.</summary>
    public byte[]? SealedPrivateKey { get; init; }

    public required DateTimeOffset MadeAt { get; init; }

    /// <summary>Null: since it was made.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Null: it has no successor yet.</summary>
    public DateTimeOffset? RetiredAt { get; set; }

    internal DateTimeOffset SignsFrom => NotBefore ?? MadeAt;

    internal static SigningKey Make(DateTimeOffset now, string? secret = null, string? id = null, DateTimeOffset? notBefore = null)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var keyId = Base64UrlEncoder.Encode(new ECDsaSecurityKey(pair).ComputeJwkThumbprint());
        var privateKey = pair.ExportPkcs8PrivateKey();
        return new SigningKey
        {
            Id = id ?? keyId,
            KeyId = keyId,
            PrivateKey = secret is null ? privateKey : null,
            SealedPrivateKey = secret is null ? null : Sealed.Close(secret, Purpose, privateKey),
            MadeAt = now,
            NotBefore = notBefore,
        };
    }

    /// <exception cref="InvalidOperationException">It is sealed, and the secret is not the one.</exception>
    internal byte[] Open(string? secret)
    {
        if (SealedPrivateKey is null) return PrivateKey!;

        try
        {
            return Sealed.Open(secret ?? "", Purpose, SealedPrivateKey);
        }
        catch (CryptographicException fault)
        {
            throw new InvalidOperationException(
                $"The signing key {KeyId} was sealed with another Users:Keys:Secret: set that one again, or delete the key's row in mt_doc_signingkey, by which all tokens that it signed end.", fault);
        }
    }

    /// <summary>Whether a successor must be made now, so that it is published long enough before it signs.</summary>
    internal static bool IsDue(IReadOnlyList<SigningKey> keys, DateTimeOffset now, KeySettings settings) =>
        keys.Count == 0 || keys.Max(key => key.SignsFrom) + settings.RotatedAfter - settings.PublishedAhead <= now;

    /// <summary>The one that signs at this time, on every instance.</summary>
    internal static SigningKey Signing(IReadOnlyList<SigningKey> keys, DateTimeOffset now) =>
        keys.Where(key => key.SignsFrom <= now).MaxBy(key => key.SignsFrom) ?? keys.MinBy(key => key.SignsFrom)!;
}
