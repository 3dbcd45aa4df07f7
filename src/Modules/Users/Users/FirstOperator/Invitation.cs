using System.Security.Cryptography;
using System.Text;
using Marten;
using Microsoft.AspNetCore.WebUtilities;
using Npgsql;

namespace Users;

/// <summary>Whoever has its secret may open the first operator's account, once. There is one at most.</summary>
public sealed class Invitation
{
    internal const string Only = "first-operator";

    internal static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    public string Id { get; init; } = Only;

    /// <summary>SHA-256: the secret itself is printed and kept nowhere.</summary>
    public required byte[] SecretHash { get; init; }

    public required DateTimeOffset Until { get; init; }

    internal static (Invitation Invitation, string Secret) Make(DateTimeOffset now)
    {
        var secret = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        return (new Invitation { SecretHash = Hash(secret), Until = now + Lifetime }, secret);
    }

    internal bool IsGoodFor(string? secret, DateTimeOffset now) => secret is not null && now < Until && CryptographicOperations.FixedTimeEquals(SecretHash, Hash(secret));

    /// <summary>The invitation, for whoever has the turn: two who print or use it at once do so one after the other, in whatever instance.</summary>
    internal static async Task<Invitation?> TakeTurn(IDocumentSession db, CancellationToken ct)
    {
        await db.BeginTransactionAsync(ct);
        await db.ExecuteAsync(new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended('users.first-operator', 0))"), ct);
        return await db.LoadAsync<Invitation>(Only, ct);
    }

    /// <summary>Whether somebody can act as an operator already.</summary>
    internal static Task<bool> IsNeedless(IQuerySession db, CancellationToken ct) =>
        db.Query<Account>().AnyAsync(account => account.Role == Role.Operator && account.PasswordHash != null, ct);

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
