using System.Security.Cryptography;
using System.Text;
using Mediator;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace Users;

/// <summary>The keys at hand: read from the database now and then, opened once.</summary>
internal sealed class KeyRing(IServiceScopeFactory scopes, KeySettings settings, TimeProvider clock)
{
    private volatile Reading? _last;

    public async ValueTask<Keys> ReadAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (_last is not { } reading || now >= reading.At + settings.ReadAgainAfter) _last = reading = await ReadAgainAsync(now, ct);

        var signing = SigningKey.Signing(reading.Keys, now);
        return new Keys(reading.Opened[signing.KeyId], [.. reading.Opened.Values]);
    }

    // Several requests may do it at the same moment: they read the same.
    private async Task<Reading> ReadAgainAsync(DateTimeOffset now, CancellationToken ct)
    {
        // A command of its own: what the request does may fail, the key that it signed with must be there.
        await using var scope = scopes.CreateAsyncScope();
        var keys = await scope.ServiceProvider.GetRequiredService<ISender>().Send(new RotateKeys.Command(), ct);
        var opened = keys.ToDictionary(key => key.KeyId, key => _last?.Opened.GetValueOrDefault(key.KeyId) ?? OpenedKey.Of(key, settings.Secret));
        return new Reading(now, keys, opened);
    }

    private sealed record Reading(DateTimeOffset At, IReadOnlyList<SigningKey> Keys, IReadOnlyDictionary<string, OpenedKey> Opened);
}

/// <param name="Signing">The one that signs now.</param>
/// <param name="Published">All by which tokens are checked.</param>
internal sealed record Keys(OpenedKey Signing, IReadOnlyList<OpenedKey> Published);

/// <summary>A key pair, and a symmetric key derived from it for what only the provider itself reads: codes and refresh tokens.</summary>
internal sealed record OpenedKey(ECDsaSecurityKey Pair, SymmetricSecurityKey Inner)
{
    public SigningCredentials Signs { get; } = new(Pair, SecurityAlgorithms.EcdsaSha256);

    public EncryptingCredentials Encrypts { get; } = new(Inner, SecurityAlgorithms.Aes256KW, SecurityAlgorithms.Aes256CbcHmacSha512);

    public static OpenedKey Of(SigningKey key, string? secret)
    {
        var privateKey = key.Open(secret);
        // Not disposed of: a request may still sign with it when it has left the ring.
        var pair = ECDsa.Create();
        pair.ImportPkcs8PrivateKey(privateKey, out _);
        var scalar = pair.ExportParameters(includePrivateParameters: true).D!;
        var inner = HKDF.DeriveKey(HashAlgorithmName.SHA256, scalar, 32, info: Encoding.UTF8.GetBytes("users.inner-tokens"));
        return new OpenedKey(new ECDsaSecurityKey(pair) { KeyId = key.KeyId }, new SymmetricSecurityKey(inner) { KeyId = $"{key.KeyId}-inner" });
    }
}
