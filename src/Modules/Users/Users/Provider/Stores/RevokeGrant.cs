using Marten;
using Mediator;
using Shared.Kernel;

namespace Users;

/// <summary>
/// A grant ends: one of its tokens was used twice, or its client or its account has ended it. With it end those that could be brought again. Tokens that are being
/// issued on it at this very moment are left to be written, and are worth nothing, for the grant is looked at too.
/// </summary>
internal static class RevokeGrant
{
    /// <summary>Answers how many tokens it ended.</summary>
    public sealed record Command(Guid GrantId) : ICommand<long>;

    private const string Revoke = """
        update mt_doc_grant set data = data || jsonb_build_object('status', 'revoked', 'revokedAt', ?::timestamptz), mt_version = mt_version + 1 where data ->> 'revokedAt' is null and
        """;

    /// <summary>All that came of signing in to the account before is over.</summary>
    public static void EndGrants(this IDocumentSession db, Guid account, DateTimeOffset now) => db.QueueSqlCommand($"{Revoke} data ->> 'subject' = ?", now, account.ToString());

    public sealed class Handler(IDocumentSession db, TimeProvider clock) : ICommandHandler<Command, long>
    {
        // The version too: who has read one of them and is about to use it up fails.
        private const string Tokens = """
            update mt_doc_tokenentry set data = jsonb_set(data, '{status}', '"revoked"'), mt_version = mt_version + 1
            where grant_id = $1 and data ->> 'referenceId' is not null and data ->> 'status' <> 'revoked' returning id
            """;

        public async ValueTask<long> Handle(Command command, CancellationToken ct)
        {
            await db.BeginTransactionAsync(ct);
            var ended = await db.Read(Tokens, [command.GrantId], row => row.GetGuid(0), ct);
            db.QueueSqlCommand($"{Revoke} id = ?", clock.GetUtcNow(), command.GrantId);
            return ended.Count;
        }
    }
}
