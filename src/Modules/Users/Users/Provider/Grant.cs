namespace Users;

/// <summary>Somebody's word that a client may act for him, given by signing in: all tokens that came of it, one after the other, belong to it and end with it.</summary>
public sealed class Grant
{
    public Guid Id { get; set; }

    public string? ClientId { get; set; }

    public string? Subject { get; set; }

    public string? Type { get; set; }

    public string? Status { get; set; }

    public string[] Scopes { get; set; } = [];

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }

    public long Version { get; set; } = 1;
}
