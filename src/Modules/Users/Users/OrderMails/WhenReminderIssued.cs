using System.Globalization;
using Billing.Contracts;
using Marten;
using Shared.Kernel;

namespace Users;

/// <summary>A reminder for each stage. That the invoice is paid meanwhile is not known here: the mail says what to do then.</summary>
public static class WhenReminderIssued
{
    public static Task Handle(ReminderIssued overdue, IDocumentSession db, Outbox outbox, Mailing mailing, CancellationToken ct) => db.TellCustomer(
        outbox, mailing, "invoice-overdue", overdue.OrderId, new()
        {
            ["invoice"] = overdue.InvoiceNumber,
            ["amount"] = $"{overdue.Owed.ToString("0.00##", CultureInfo.InvariantCulture)} {overdue.Currency}",
            ["due"] = overdue.DueOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["stage"] = overdue.Stage.ToString(CultureInfo.InvariantCulture),
        }, ct, part: overdue.Stage.ToString(CultureInfo.InvariantCulture));
}
