using System.Globalization;
using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Billing;

/// <summary>Invoices that are owed, or only those that are overdue; and refunds that wait for an operator's transfer. The longest due first.</summary>
internal static class ListOpenItems
{
    /// <param name="RefundId">A transfer's.</param>
    /// <param name="InvoiceNumber">By which the customer pays it.</param>
    public sealed record Item(Guid OrderId, Guid? RefundId, Guid CustomerId, decimal Amount, string Currency, DateOnly DueOn, string? InvoiceNumber, int Reminders);

    /// <param name="Before">The first day that is not asked for.</param>
    /// <param name="After">The last item seen, written <c>day.item</c>.</param>
    public sealed record Query(OpenItemKind Kind, DateOnly Before, string? After, int Limit) : IQuery<Page<Item>>, IValidated
    {
        public (DateOnly Day, Guid Item)? From =>
            After is null ? (DateOnly.MinValue, Guid.Empty)
            : After.Split('.') is [var day, var item] && DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var on) && Guid.TryParse(item, out var id) ? (on, id)
            : null;

        public void Validate(Rules rules)
        {
            rules.Require(From is not null, "after", "must be what the page before gave as next");
            rules.Require(Limit is >= 1 and <= Page<Item>.Most, "limit", $"must be 1 to {Page<Item>.Most}");
        }
    }

    public static void Map(IEndpointRouteBuilder billing)
    {
        billing.MapGet("/receivables", async (bool? overdue, string? after, int? limit, TimeProvider clock, ISender sender, CancellationToken ct) => TypedResults.Ok(await sender.Send(
                new Query(OpenItemKind.Receivable, overdue == true ? DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime) : DateOnly.MaxValue, after, limit ?? Page<Item>.Usual), ct)))
            .ForOperators()
            .WithName("ListReceivables")
            .WithSummary("Invoices that are not paid, by the day on which they are due; with overdue=true those whose day is over.");

        billing.MapGet("/transfers", async (string? after, int? limit, ISender sender, CancellationToken ct) =>
                TypedResults.Ok(await sender.Send(new Query(OpenItemKind.Transfer, DateOnly.MaxValue, after, limit ?? Page<Item>.Usual), ct)))
            .ForOperators()
            .WithName("ListTransfers")
            .WithSummary("Refunds of orders that were paid on invoice, which wait for an operator to transfer them.");
    }

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, Page<Item>>
    {
        private const string Sql = """
            select open_items.order_id, case open_items.kind when 'Transfer' then item end, customer_id, amount, open_items.currency, due_on, series, number, item, coalesce(reminded, 0)
            from open_items left join invoices on invoices.kind = 'Invoice' and subject = open_items.order_id
            where open_items.kind = $1 and due_on < $2 and (due_on, item) > ($3, $4) order by due_on, item limit $5
            """;

        public async ValueTask<Page<Item>> Handle(Query query, CancellationToken ct)
        {
            var (day, item) = query.From!.Value;
            var found = await db.Read(Sql, [query.Kind.ToString(), query.Before, day, item, query.Limit + 1], row => new Item(
                row.GetGuid(0), row.GetFieldValue<Guid?>(1), row.GetGuid(2), row.GetDecimal(3), row.GetString(4), row.GetFieldValue<DateOnly>(5),
                row.IsDBNull(6) ? null : InvoiceBook.NumberOf(row.GetString(6), row.GetInt64(7)), row.GetInt32(9)), ct);
            return Page<Item>.From(found, query.Limit, last => string.Create(CultureInfo.InvariantCulture, $"{last.DueOn:yyyy-MM-dd}.{last.RefundId ?? last.OrderId}"));
        }
    }
}
