using Billing.Contracts;
using Marten;
using Mediator;
using Shared.Kernel;

namespace Billing;

/// <summary>Invoices that are overdue by as many days as the shop has set are told, each once for each of these days, as long as they are not paid: what is paid or credited is no receivable any more.</summary>
internal static class RemindOfInvoices
{
    public const int Batch = 200;

    /// <summary>Answers how many there were; a full batch may not have been all.</summary>
    public sealed record Command : ICommand<int>;

    public sealed class Handler(IDocumentSession db, Outbox outbox, OnInvoiceSettings settings, TimeProvider clock) : ICommandHandler<Command, int>
    {
        // Rows stay locked until commit: a second instance skips them, and whoever is paid at this moment comes before or after.
        // Whoever is behind by several days is reminded once, by the last of them.
        private const string Sql = """
            select item, stage, amount, open_items.currency, due_on, series, number
            from open_items join invoices on invoices.kind = 'Invoice' and subject = open_items.order_id
                cross join lateral (select count(*)::int as stage from unnest($2) as after where due_on + after <= $1) as reached
            where open_items.kind = 'Receivable' and due_on < $1 and stage > coalesce(reminded, 0)
            order by due_on, item limit $3 for update of open_items skip locked
            """;

        public async ValueTask<int> Handle(Command command, CancellationToken ct)
        {
            await db.BeginTransactionAsync(ct);
            var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);

            var overdue = await db.Read(Sql, [today, settings.RemindAfter.ToArray(), Batch], row => new ReminderIssued(
                row.GetGuid(0), InvoiceBook.NumberOf(row.GetString(5), row.GetInt64(6)), row.GetDecimal(2), row.GetString(3), row.GetFieldValue<DateOnly>(4), row.GetInt32(1)), ct);

            foreach (var invoice in overdue)
            {
                db.QueueSqlCommand("update open_items set reminded = ? where kind = 'Receivable' and item = ?", invoice.Stage, invoice.OrderId);
                await outbox.Publish(invoice);
            }

            return overdue.Count;
        }
    }
}
