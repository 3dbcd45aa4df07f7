using System.Globalization;
using System.Text.Json;
using Marten;
using Shared.Kernel;
using Weasel.Core;
using Weasel.Postgresql.Tables;

namespace Billing;

/// <summary>
/// What was issued, numbered 1, 2, 3 … within a kind and a year (UTC). A number is drawn by the statement that writes the invoice, in the transaction that books the money: the series'
/// row stays locked until that commits, and is as it was if it does not. So no number is missing and none is there twice, and a later number never has an earlier time.
/// </summary>
internal static class InvoiceBook
{
    private const string Issuing = """
        with drawn as (
            insert into invoice_series (series, last, at) values (?, 1, ?)
            on conflict (series) do update set last = invoice_series.last + 1, at = greatest(invoice_series.at, excluded.at) returning series, last, at)
        insert into invoices (kind, subject, series, number, at, posting, order_id, currency, total, data) select ?, ?, series, last, at, ?, ?, ?, ?, ?::jsonb from drawn
        """;

    private const string Reading = "select series, number, at, data::text from invoices where kind = $1 and subject = $2 and order_id = $3";

    /// <param name="subject">The order of an invoice, the refund of a credit note: each has one.</param>
    public static void Issue(this IDocumentSession db, InvoiceKind kind, Guid subject, Invoice invoice, DateTimeOffset at)
    {
        if (invoice.Total == 0) return; // Of nothing there is no invoice, as there is no posting.

        var posting = kind == InvoiceKind.Invoice ? Ledger.OfSale(subject) : Ledger.OfRefund(subject);
        db.QueueSqlCommand(Issuing, SeriesOf(kind, at), at, kind.ToString(), subject, posting, invoice.OrderId, invoice.Currency, invoice.Total, JsonSerializer.Serialize(invoice, JsonSerializerOptions.Web));
    }

    public static async Task IssueCreditNote(this IDocumentSession db, Payment payment, Refund refund, InvoiceSettings settings, DateTimeOffset at, CancellationToken ct) =>
        db.Issue(InvoiceKind.CreditNote, refund.Id, Invoice.Credit(payment, refund, before: payment.Refunded + payment.Credited, await db.FindInvoice(InvoiceKind.Invoice, payment.Id, payment.Id, ct), settings), at);

    public static async Task<IssuedInvoice?> FindInvoice(this IQuerySession db, InvoiceKind kind, Guid subject, Guid orderId, CancellationToken ct) =>
        (await db.Read(Reading, [kind.ToString(), subject, orderId], row => new IssuedInvoice(
            NumberOf(row.GetString(0), row.GetInt64(1)), row.GetFieldValue<DateTimeOffset>(2), JsonSerializer.Deserialize<Invoice>(row.GetString(3), JsonSerializerOptions.Web)!), ct)).SingleOrDefault();

    public static string NumberOf(string series, long number) => string.Create(CultureInfo.InvariantCulture, $"{series}-{number:000000}");

    public static string SeriesOf(InvoiceKind kind, DateTimeOffset at) => string.Create(CultureInfo.InvariantCulture, $"{(kind == InvoiceKind.Invoice ? "" : "CN-")}{at.UtcDateTime.Year:0000}");

    public static IEnumerable<ISchemaObject> Tables(string schema)
    {
        var series = new Table($"{schema}.invoice_series");
        series.AddColumn("series", "text").AsPrimaryKey();
        series.AddColumn("last", "bigint").NotNull();
        series.AddColumn("at", "timestamptz").NotNull();

        var invoices = new Table($"{schema}.invoices");
        invoices.AddColumn("kind", "text").AsPrimaryKey();
        invoices.AddColumn("subject", "uuid").AsPrimaryKey();
        invoices.AddColumn("series", "text").NotNull();
        invoices.AddColumn("number", "bigint").NotNull();
        invoices.AddColumn("at", "timestamptz").NotNull();
        invoices.AddColumn("posting", "uuid").NotNull(); // In the ledger.
        invoices.AddColumn("order_id", "uuid").NotNull();
        invoices.AddColumn("currency", "text").NotNull();
        invoices.AddColumn("total", "numeric(18,4)").NotNull();
        invoices.AddColumn("data", "jsonb").NotNull();
        invoices.Indexes.Add(new IndexDefinition("invoices_by_number") { Columns = ["series", "number"], IsUnique = true });
        invoices.Indexes.Add(new IndexDefinition("invoices_by_posting") { Columns = ["posting"], IsUnique = true });
        return [series, invoices];
    }
}
