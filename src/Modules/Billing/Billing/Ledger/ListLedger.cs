using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Billing;

/// <summary>The ledger's lines, of one order or of all, a posting's two lines together.</summary>
internal static class ListLedger
{
    public sealed record Entry(Guid Posting, int Line, Guid OrderId, string Account, decimal Debit, decimal Credit, string Currency, DateTimeOffset At);

    /// <param name="After">The last line seen, written <c>posting.line</c>.</param>
    public sealed record Query(Guid? OrderId, string? After, int Limit) : IQuery<Page<Entry>>, IValidated
    {
        public (Guid Posting, int Line)? From =>
            After is null ? (Guid.Empty, 0)
            : After.Split('.') is [var posting, var line] && Guid.TryParse(posting, out var id) && int.TryParse(line, out var number) ? (id, number)
            : null;

        public void Validate(Rules rules)
        {
            rules.Require(From is not null, "after", "must be what the page before gave as next");
            rules.Require(Limit is >= 1 and <= Page<Entry>.Most, "limit", $"must be 1 to {Page<Entry>.Most}");
        }
    }

    public static void Map(IEndpointRouteBuilder billing) => billing
        .MapGet("/ledger", async (Guid? orderId, string? after, int? limit, ISender sender, CancellationToken ct) =>
            TypedResults.Ok(await sender.Send(new Query(orderId, after, limit ?? Page<Entry>.Usual), ct)))
        .ForOperators()
        .WithName("ListLedger")
        .WithSummary("The ledger's lines, of one order or of all.");

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, Page<Entry>>
    {
        private const string Columns = "select posting, line, order_id, account, debit, credit, currency, at from ledger where (posting, line) > ($1, $2)";

        public async ValueTask<Page<Entry>> Handle(Query query, CancellationToken ct)
        {
            var (posting, line) = query.From!.Value;
            var (sql, parameters) = query.OrderId is { } orderId
                ? ($"{Columns} and order_id = $4 order by posting, line limit $3", (object[])[posting, line, query.Limit + 1, orderId])
                : ($"{Columns} order by posting, line limit $3", [posting, line, query.Limit + 1]);

            return Page<Entry>.From(
                await db.Read(sql, parameters, row => new Entry(
                    row.GetGuid(0), row.GetInt32(1), row.GetGuid(2), row.GetString(3), row.GetDecimal(4), row.GetDecimal(5), row.GetString(6),
                    row.GetFieldValue<DateTimeOffset>(7)), ct),
                query.Limit, entry => $"{entry.Posting}.{entry.Line}");
        }
    }
}
