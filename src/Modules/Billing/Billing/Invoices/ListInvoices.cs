using System.Globalization;
using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Billing;

/// <summary>What was issued in one series, by number.</summary>
internal static class ListInvoices
{
    /// <param name="RefundId">A credit note's.</param>
    public sealed record Entry(string Number, DateTimeOffset At, Guid OrderId, Guid? RefundId, decimal Total, string Currency);

    /// <param name="After">The last number seen.</param>
    public sealed record Query(string Series, string? After, int Limit) : IQuery<Page<Entry>>, IValidated
    {
        public long? From =>
            After is null ? 0
            : After.StartsWith($"{Series}-", StringComparison.Ordinal) && long.TryParse(After.AsSpan(Series.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : null;

        public void Validate(Rules rules)
        {
            rules.Text(Series, "series", most: 20);
            rules.Require(From is not null, "after", "must be a number of the series");
            rules.Require(Limit is >= 1 and <= Page<Entry>.Most, "limit", $"must be 1 to {Page<Entry>.Most}");
        }
    }

    public static void Map(IEndpointRouteBuilder billing) => billing
        .MapGet("/invoices", async (string? series, string? after, int? limit, TimeProvider clock, ISender sender, CancellationToken ct) =>
            TypedResults.Ok(await sender.Send(new Query(series ?? InvoiceBook.SeriesOf(InvoiceKind.Invoice, clock.GetUtcNow()), after, limit ?? Page<Entry>.Usual), ct)))
        .ForOperators()
        .WithName("ListInvoices")
        .WithSummary("What was issued in one series, by number: 2026 are that year's invoices, CN-2026 its credit notes; without one, this year's invoices.");

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, Page<Entry>>
    {
        public async ValueTask<Page<Entry>> Handle(Query query, CancellationToken ct) => Page<Entry>.From(
            await db.Read("select number, at, order_id, case kind when 'CreditNote' then subject end, total, currency from invoices where series = $1 and number > $2 order by number limit $3",
                [query.Series, query.From!.Value, query.Limit + 1],
                row => new Entry(InvoiceBook.NumberOf(query.Series, row.GetInt64(0)), row.GetFieldValue<DateTimeOffset>(1), row.GetGuid(2), row.GetFieldValue<Guid?>(3), row.GetDecimal(4), row.GetString(5)), ct),
            query.Limit, entry => entry.Number);
    }
}
