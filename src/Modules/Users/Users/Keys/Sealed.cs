using System.Security.Cryptography;
using System.Text;

namespace Users;

/// <summary>
/// Bytes that only somebody with the secret can read or change: AES-256-GCM under a key derived from it (HKDF-SHA-256).
/// So a copy of the database is not enough to sign; a host's settings or memory are.
/// </summary>
internal static class Sealed
{
    private const int NonceBytes = 12, TagBytes = 16;

    public static byte[] Close(string secret, string purpose, byte[] content)
    {
        var closed = new byte[NonceBytes + TagBytes + content.Length];
        var nonce = closed.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(KeyFrom(secret, purpose), TagBytes);
        aes.Encrypt(nonce, content, closed.AsSpan(NonceBytes + TagBytes), closed.AsSpan(NonceBytes, TagBytes));
        return closed;
    }

    /// <exception cref="CryptographicException">Closed with another secret or for another purpose, or changed since.</exception>
    public static byte[] Open(string secret, string purpose, byte[] closed)
    {
        if (closed.Length < NonceBytes + TagBytes) throw new CryptographicException("What is to be opened is too short to have been closed here.");

        var content = new byte[closed.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(KeyFrom(secret, purpose), TagBytes);
        aes.Decrypt(closed.AsSpan(0, NonceBytes), closed.AsSpan(NonceBytes + TagBytes), closed.AsSpan(NonceBytes, TagBytes), content);
        return content;
    }

    private static byte[] KeyFrom(string secret, string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret), 32, info: Encoding.UTF8.GetBytes($"users.{purpose}"));
}
