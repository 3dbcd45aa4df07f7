using System.Security.Cryptography;
using System.Text;
using Marten;
using Weasel.Postgresql.Tables;

namespace Billing;

/// <summary>Double entry: every posting debits one account and credits another by the same amount.</summary>
internal static class Ledger
{
    /// <summary>The provider and the bank hold the shop's money; receivables are what customers owe; sales are what they bought; refunds are what they got back, or need not pay.</summary>
    private const string Provider = "provider", Bank = "bank", Receivables = "receivables", Sales = "sales", Refunds = "refunds";

    public static void PostCapture(this IDocumentSession db, Guid orderId, decimal amount, string currency, DateTimeOffset at) =>
        db.Post(OfSale(orderId), orderId, debit: Provider, credit: Sales, amount, currency, at);

    public static void PostRefund(this IDocumentSession db, Guid orderId, Refund refund, string currency, DateTimeOffset at) =>
        db.Post(OfRefund(refund.Id), orderId, debit: Refunds, credit: Provider, refund.Amount, currency, at, refund.Reason);

    public static void PostSaleOnInvoice(this IDocumentSession db, Guid orderId, decimal amount, string currency, DateTimeOffset at) =>
        db.Post(OfSale(orderId), orderId, debit: Receivables, credit: Sales, amount, currency, at);

    public static void PostReceipt(this IDocumentSession db, Guid orderId, decimal amount, string currency, DateTimeOffset at, string reference) =>
        db.Post(PostingOf(orderId, "receipt"), orderId, debit: Bank, credit: Receivables, amount, currency, at, reference);

    public static void PostCredit(this IDocumentSession db, Guid orderId, Refund refund, string currency, DateTimeOffset at) =>
        db.Post(OfRefund(refund.Id), orderId, debit: Refunds, credit: Receivables, refund.Amount, currency, at, refund.Reason);

    public static void PostTransfer(this IDocumentSession db, Guid orderId, Refund refund, string currency, DateTimeOffset at) =>
        db.Post(OfRefund(refund.Id), orderId, debit: Refunds, credit: Bank, refund.Amount, currency, at, refund.Reason);

    public static Guid OfSale(Guid orderId) => PostingOf(orderId, "capture");

    public static Guid OfRefund(Guid refundId) => PostingOf(refundId, "refund");

    /// <summary>The same for the same order, or refund, and kind: the table's key lets each exist once, whatever repeats above it.</summary>
    public static Guid PostingOf(Guid id, string kind) => new(SHA256.HashData(Encoding.UTF8.GetBytes($"{id} {kind}")).AsSpan(0, 16));

    private static void Post(
        this IDocumentSession db, Guid posting, Guid orderId, string debit, string credit, decimal amount, string currency, DateTimeOffset at, string note = "")
    {
        if (amount == 0) return; // A gift moves no money, and a line of nothing is no entry.

        db.QueueSqlCommand("insert into ledger (posting, line, order_id, account, debit, credit, currency, at, note) values (?, 1, ?, ?, ?, 0, ?, ?, ?), (?, 2, ?, ?, 0, ?, ?, ?, ?)",
            posting, orderId, debit, amount, currency, at, note,
            posting, orderId, credit, amount, currency, at, note);
    }

    public static Table Table(string schema)
    {
        var table = new Table($"{schema}.ledger");
        table.AddColumn("posting", "uuid").AsPrimaryKey();
        table.AddColumn("line", "integer").AsPrimaryKey();
        table.AddColumn("order_id", "uuid").NotNull();
        table.AddColumn("account", "text").NotNull();
        table.AddColumn("debit", "numeric(18,4)").NotNull();
        table.AddColumn("credit", "numeric(18,4)").NotNull();
        table.AddColumn("currency", "text").NotNull();
        table.AddColumn("at", "timestamptz").NotNull();
        table.AddColumn("note", "text"); // Not in entries from before there was one.
        table.CheckConstraints.Add(new("ledger_one_side", "(debit > 0 and credit = 0) or (credit > 0 and debit = 0)"));
        table.Indexes.Add(new IndexDefinition("ledger_by_order") { Columns = ["order_id"] });
        table.Indexes.Add(new IndexDefinition("ledger_by_time") { Columns = ["at", "posting", "line"] });
        return table;
    }
}
