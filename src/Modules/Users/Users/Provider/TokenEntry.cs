namespace Users;

/// <summary>What the provider remembers of a token: that it was issued, and whether it was used or revoked. Of the token itself only what has to come back.</summary>
public sealed class TokenEntry
{
    public Guid Id { get; set; }

    public string? ClientId { get; set; }

    public Guid? GrantId { get; set; }

    public string? Subject { get; set; }

    public string? Type { get; set; }

    public string? Status { get; set; }

    /// <summary>Of codes and refresh tokens, encrypted.</summary>
    public string? Payload { get; set; }

    /// <summary>A hash of what the client holds.</summary>
    public string? ReferenceId { get; set; }

    public DateTimeOffset? CreatedAt { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }

    public DateTimeOffset? RedeemedAt { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>A change is checked against it: of two who use a token at once, one does.</summary>
    public long Version { get; set; } = 1;
}
