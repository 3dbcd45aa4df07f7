using System.Security.Cryptography;
using System.Text;

namespace Users;

/// <summary>A mail that is to be sent, or was: decided on in the transaction of what it tells of, once for each of these.</summary>
public sealed class Mail
{
    /// <summary>Made from what the mail tells of: a duplicate makes no second one.</summary>
    public required Guid Id { get; init; }

    /// <summary>Whom to; of an order's mail null until its customer is known.</summary>
    public Guid? AccountId { get; set; }

    /// <summary>Whose customer it is for.</summary>
    public Guid? OrderId { get; init; }

    /// <summary>Instead of the account's.</summary>
    public string? Address { get; init; }

    public required string Template { get; init; }

    /// <summary>Forgotten when it is sent: a link in it is for its reader alone.</summary>
    public required Dictionary<string, string> Values { get; set; }

    /// <summary>Sealed, and forgotten like the values.</summary>
    public string? Link { get; set; }

    public required DateTimeOffset DecidedAt { get; init; }

    public DateTimeOffset? SentAt { get; set; }

    internal static Guid IdOf(params ReadOnlySpan<string> parts)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts)))[..16];
        // RFC 9562's version 8: made from a hash.
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
