using Marten;
using Npgsql;
using Shared.Kernel;
using Weasel.Postgresql.Tables;

namespace Billing;

internal enum OpenItemKind { Receivable, Transfer }

/// <summary>
/// What is still to come or to be sent, by people: an invoice that is owed (a receivable, due on a day), and a refund that an operator has to transfer. An item is there exactly while its payment
/// says so: both change in one transaction, against the payment's version. The receivables are together what the ledger's account of that name holds.
/// </summary>
internal static class OpenItems
{
    /// <summary>What the customer owes, read under a lock until commit: of two orders at the same moment the second sees what the first owes.</summary>
    public static async Task<decimal> OwedBy(this IDocumentSession db, Guid customerId, string currency, CancellationToken ct)
    {
        await db.BeginTransactionAsync(ct);
        await db.ExecuteAsync(new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended('billing.customer.' || $1, 0))") { Parameters = { new() { Value = customerId.ToString() } } }, ct);
        return (await db.Read("select coalesce(sum(amount), 0) from open_items where customer_id = $1 and kind = 'Receivable' and currency = $2", [customerId, currency], row => row.GetDecimal(0), ct))[0];
    }

    public static void OpenReceivable(this IDocumentSession db, Payment payment, DateOnly dueOn) => db.Open(OpenItemKind.Receivable, payment.Id, payment, payment.Owed, dueOn);

    /// <summary>Due on the day it is asked for.</summary>
    public static void OpenTransfer(this IDocumentSession db, Payment payment, Refund refund) =>
        db.Open(OpenItemKind.Transfer, refund.Id, payment, refund.Amount, DateOnly.FromDateTime(refund.At.UtcDateTime));

    /// <summary>To what is owed after a credit or a payment.</summary>
    public static void KeepReceivable(this IDocumentSession db, Payment payment)
    {
        if (payment.Owed == 0) db.Close(OpenItemKind.Receivable, payment.Id);
        else db.QueueSqlCommand("update open_items set amount = ? where kind = 'Receivable' and item = ?", payment.Owed, payment.Id);
    }

    public static void Close(this IDocumentSession db, OpenItemKind kind, Guid item) => db.QueueSqlCommand("delete from open_items where kind = ? and item = ?", kind.ToString(), item);

    private static void Open(this IDocumentSession db, OpenItemKind kind, Guid item, Payment payment, decimal amount, DateOnly dueOn) => db.QueueSqlCommand(
        "insert into open_items (kind, item, order_id, customer_id, amount, currency, due_on) values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing",
        kind.ToString(), item, payment.Id, payment.CustomerId!.Value, amount, payment.Currency, dueOn);

    public static Table Table(string schema)
    {
        var table = new Table($"{schema}.open_items");
        table.AddColumn("kind", "text").AsPrimaryKey();
        table.AddColumn("item", "uuid").AsPrimaryKey();
        table.AddColumn("order_id", "uuid").NotNull();
        table.AddColumn("customer_id", "uuid").NotNull();
        table.AddColumn("amount", "numeric(18,4)").NotNull();
        table.AddColumn("currency", "text").NotNull();
        table.AddColumn("due_on", "date").NotNull();
        table.AddColumn("reminded", "integer"); // How many reminders of a receivable were told. Null: none, or the version before has opened it.
        table.CheckConstraints.Add(new("open_items_are_of_something", "amount > 0"));
        table.Indexes.Add(new IndexDefinition("open_items_by_day") { Columns = ["kind", "due_on", "item"] });
        table.Indexes.Add(new IndexDefinition("open_items_by_customer") { Columns = ["customer_id"] });
        return table;
    }
}
