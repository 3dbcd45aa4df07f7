using Marten;
using Mediator;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shared.Kernel;

namespace Users;

/// <summary>
/// What is remembered of tokens is forgotten, once an hour, when they have run out: a used one is told from a stolen one until then.
/// A grant ends with its last token.
/// </summary>
internal sealed class ForgetTokens(IServiceScopeFactory scopes, TimeProvider clock, ILogger<ForgetTokens> logger) : Housekeeping(TimeSpan.FromHours(1), clock, logger)
{
    /// <summary>Rows of one transaction.</summary>
    public const int Batch = 1_000;

    public sealed record Command : ICommand<int>;

    public sealed class Handler(IDocumentSession db, TimeProvider clock) : ICommandHandler<Command, int>
    {
        // What another instance is deleting is left to it. A grant is older than an hour: its first token may not be there yet.
        private const string Tokens = "select id from mt_doc_tokenentry where expires_at < $1 order by expires_at limit $2 for update skip locked";
        private const string Grants = """
            select id from mt_doc_grant where created_at < $1 and not exists (select 1 from mt_doc_tokenentry token where token.grant_id = mt_doc_grant.id)
            order by created_at limit $2 for update skip locked
            """;

        public async ValueTask<int> Handle(Command command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            await db.BeginTransactionAsync(ct);
            var tokens = await db.Read(Tokens, [now - Revocation.Grace, Batch], row => row.GetGuid(0), ct);
            db.QueueSqlCommand("delete from mt_doc_tokenentry where id = any(?)", tokens.ToArray());
            var grants = await db.Read(Grants, [now - TimeSpan.FromHours(1), Batch], row => row.GetGuid(0), ct);
            db.QueueSqlCommand("delete from mt_doc_grant where id = any(?)", grants.ToArray());
            return Math.Max(tokens.Count, grants.Count);
        }
    }

    public override async Task OnceAsync(CancellationToken cancellation)
    {
        int forgotten;
        do
        {
            await using var scope = scopes.CreateAsyncScope();
            forgotten = await scope.ServiceProvider.GetRequiredService<ISender>().Send(new Command(), cancellation);
        }
        while (forgotten == Batch);
    }
}
