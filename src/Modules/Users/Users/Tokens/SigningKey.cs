using System.Security.Cryptography;
using Marten;
using Microsoft.IdentityModel.Tokens;
using Npgsql;

namespace Users;

/// <summary>
/// The development issuer's one key (P-256), made at its first use. The private half lies readable in the database:
/// good enough for development tokens, and one of the reasons why Production refuses them.
/// </summary>
public sealed class SigningKey
{
    private const string Only = "current";

    public string Id { get; init; } = Only;

    /// <summary>The key's thumbprint (RFC 7638).</summary>
    public required string KeyId { get; init; }

    /// <summary>PKCS #8.</summary>
    public required byte[] PrivateKey { get; init; }

    public required DateTimeOffset MadeAt { get; init; }

    internal static SigningKey Make(DateTimeOffset now)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new SigningKey
        {
            KeyId = Base64UrlEncoder.Encode(new ECDsaSecurityKey(pair).ComputeJwkThumbprint()),
            PrivateKey = pair.ExportPkcs8PrivateKey(),
            MadeAt = now,
        };
    }

    internal ECDsa Open()
    {
        var pair = ECDsa.Create();
        pair.ImportPkcs8PrivateKey(PrivateKey, out _);
        return pair;
    }

    /// <summary>The key of all instances. Made in the caller's transaction if there is none yet.</summary>
    internal static async Task<SigningKey> Current(IDocumentSession db, TimeProvider clock, CancellationToken ct)
    {
        if (await db.LoadAsync<SigningKey>(Only, ct) is { } known) return known;

        // Two instances at once: the second waits here until the first has committed, and finds its key.
        await db.BeginTransactionAsync(ct);
        await db.ExecuteAsync(new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended('users.signing-key', 0))"), ct);
        if (await db.LoadAsync<SigningKey>(Only, ct) is { } others) return others;

        var made = Make(clock.GetUtcNow());
        db.Insert(made);
        return made;
    }
}
