using Marten;
using Mediator;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shared.Kernel;

namespace Users;

/// <summary>Once an hour what is not needed any more is forgotten: mails after thirty days, whose an order is when no event of it is to be expected.</summary>
internal sealed class ForgetMails(IServiceScopeFactory scopes, TimeProvider clock, ILogger<ForgetMails> logger) : Housekeeping(TimeSpan.FromHours(1), clock, logger)
{
    /// <summary>Rows of one table in one transaction.</summary>
    public const int Batch = 1_000;

    /// <summary>Longer than a duplicate may be late, unsent ones included: their dead letters are older than a replay.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(30);

    /// <summary>Answers whether there may be more.</summary>
    public sealed record Command : ICommand<bool>;

    public sealed class Handler(IDocumentSession db, TimeProvider clock) : ICommandHandler<Command, bool>
    {
        // What another instance is deleting is left to it.
        private const string Mails = "select id from mt_doc_mail where decided_at < $1 order by decided_at limit $2 for update skip locked";
        private const string Letters = "select id from mailbox where at < $1 order by at limit $2 for update skip locked";
        // As long as they are counted, or good.
        private const string MailedLinks = "select hash from account_links where until < $1 and at < $3 order by until limit $2 for update skip locked";
        private const string Orders = "select order_id from order_customers where at < $1 and (customer_id is null or at < $3) order by at limit $2 for update skip locked";

        public async ValueTask<bool> Handle(Command command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            await db.BeginTransactionAsync(ct);
            int[] gone =
            [
                await Forget(Mails, "delete from mt_doc_mail where id = any(?)", now - KeptFor, Batch),
                await Forget(Letters, "delete from mailbox where id = any(?)", now - KeptFor, Batch),
                await Forget(MailedLinks, "delete from account_links where hash = any(?)", now, Batch, now - Links.CountedFor),
                await Forget(Orders, "delete from order_customers where order_id = any(?)", now - OrderCustomers.LongestWait, Batch, now - OrderCustomers.KeptFor),
            ];
            return gone.Contains(Batch);

            async Task<int> Forget(string select, string delete, params object[] values)
            {
                var ids = await db.Read(select, values, row => row.GetValue(0), ct);
                if (ids.Count > 0) db.QueueSqlCommand(delete, ids[0] is Guid ? ids.Cast<Guid>().ToArray() : ids.Cast<byte[]>().ToArray());
                return ids.Count;
            }
        }
    }

    public override async Task OnceAsync(CancellationToken cancellation)
    {
        bool more;
        do
        {
            await using var scope = scopes.CreateAsyncScope();
            more = await scope.ServiceProvider.GetRequiredService<ISender>().Send(new Command(), cancellation);
        }
        while (more);
    }
}
