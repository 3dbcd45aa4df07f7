using System.Security.Cryptography;
using System.Text;
using Marten;
using Npgsql;
using Shared.Kernel;
using Weasel.Postgresql.Tables;

namespace Users;

/// <summary>A link that was mailed: whoever follows it reads that address.</summary>
internal sealed record Link(LinkKind Kind, Guid AccountId, string Email);

/// <summary>The links that were mailed, each good once. Of its secret only SHA-256 is kept.</summary>
internal static class Links
{
    public static readonly TimeSpan CountedFor = TimeSpan.FromDays(1);

    private const string Owner = "select account_id from account_links where hash = $1";

    // Accounts are locked before links, by everybody.
    private const string LockOwner = "select id from mt_doc_account where id = $1 for update";

    private const string Use = "delete from account_links where hash = $1 and kind = any($2) and until > $3 returning kind, account_id, email";

    /// <summary>The link is used up in the transaction of its effect, which holds the account until it commits: of two who follow it at once, one comes too late.</summary>
    /// <exception cref="RefusedException">It was used, is too old, or never was.</exception>
    public static async Task<Link> UseLink(this IDocumentSession db, string secret, DateTimeOffset now, CancellationToken ct, params LinkKind[] kinds)
    {
        await db.BeginTransactionAsync(ct);
        var hash = Hash(secret);
        foreach (var owner in await db.Read(Owner, [hash], row => row.GetGuid(0), ct)) await db.Read(LockOwner, [owner], row => row.GetGuid(0), ct);

        var used = await db.Read(Use, [hash, kinds.Select(kind => kind.Name).ToArray(), now], row => new Link(LinkKind.Named(row.GetString(0)), row.GetGuid(1), row.GetString(2)), ct);
        return used is [var link] ? link : throw new RefusedException("user.link-over", "This link is not good any more: it was used, or is too old. If you have used it, all is done; if not, ask for another mail.");
    }

    /// <summary>What was mailed before leads nowhere any more; it goes on being counted.</summary>
    public static void EndLinks(this IDocumentSession db, Guid account, LinkKind? but = null) => db.QueueSqlCommand("update account_links set until = at where account_id = ? and kind <> ?", account, but?.Name ?? "");

    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    public static Table Table(string schema)
    {
        var table = new Table($"{schema}.account_links");
        table.AddColumn("hash", "bytea").AsPrimaryKey();
        table.AddColumn("kind", "text").NotNull();
        table.AddColumn("account_id", "uuid").NotNull();
        table.AddColumn("email", "text").NotNull();
        table.AddColumn("at", "timestamptz").NotNull();
        table.AddColumn("until", "timestamptz").NotNull();
        table.Indexes.Add(new IndexDefinition("account_links_account") { Columns = ["account_id"] });
        table.Indexes.Add(new IndexDefinition("account_links_email") { Columns = ["email"] });
        table.Indexes.Add(new IndexDefinition("account_links_until") { Columns = ["until"] });
        return table;
    }
}
