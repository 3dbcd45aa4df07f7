using System.Security.Cryptography;
using System.Text;
using Marten;
using OtpNet;
using Shared.Kernel;

namespace Users;

/// <summary>What an account is proved by beside its password: codes of a program on a telephone (TOTP, RFC 6238), and recovery codes for when that is lost.</summary>
public sealed class SecondFactor
{
    private const int RecoveryCodes = 10;

    /// <summary>The account's.</summary>
    public required Guid Id { get; init; }

    /// <summary>Sealed by the keys of cookies and forms.</summary>
    public required string Secret { get; init; }

    /// <summary>Of the last code that was accepted: that one and all before it are refused.</summary>
    public required long LastStep { get; set; }

    /// <summary>SHA-256 of those that were not used yet: they are long and random.</summary>
    public required string[] RecoveryHashes { get; set; }

    public required DateTimeOffset SetUpAt { get; init; }

    internal static string[] NewRecoveryCodes() => [.. Enumerable.Range(0, RecoveryCodes).Select(_ => string.Join('-', Base32Encoding.ToString(RandomNumberGenerator.GetBytes(10)).Chunk(4).Select(part => new string(part))))];

    /// <summary>However it was typed.</summary>
    internal static string Hash(string recoveryCode) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Plain(recoveryCode))));

    internal static string Plain(string code) => string.Concat(code.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();

    /// <summary>Each code once. A recovery code needs no key: it fits when those are lost, too.</summary>
    internal bool Accepts(string code, Totps totps)
    {
        var hash = Hash(code);
        if (RecoveryHashes.Contains(hash))
        {
            RecoveryHashes = [.. RecoveryHashes.Where(left => left != hash)];
            return true;
        }

        if (totps.StepOf(totps.Open(Secret, Id), code) is not { } step || step <= LastStep) return false;

        LastStep = step;
        return true;
    }
}

internal static class SecondFactorRows
{
    public static Task<bool> HasSecondFactor(this IQuerySession db, Guid account, CancellationToken ct) => db.Query<SecondFactor>().AnyAsync(factor => factor.Id == account, ct);

    /// <summary>The account as it is, until this transaction ends: who proves or changes something of it at the same moment waits.</summary>
    public static async Task<Account?> Hold(this IDocumentSession db, Guid account, CancellationToken ct)
    {
        await db.BeginTransactionAsync(ct);
        await db.Read("select id from mt_doc_account where id = $1 for update", [account], row => row.GetGuid(0), ct);
        return await db.LoadAsync<Account>(account, ct);
    }
}
