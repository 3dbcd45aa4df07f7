using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Inventory;

/// <summary>A delivery as it was booked.</summary>
internal static class GetReceipt
{
    public sealed record Receipt(Guid Id, string Reference, DateTimeOffset At, IReadOnlyList<Line> Lines);

    public sealed record Query(Guid Id) : IQuery<Receipt>;

    public static void Map(IEndpointRouteBuilder inventory) => inventory
        .MapGet("/receipts/{id:guid}", async (Guid id, ISender sender, CancellationToken ct) => TypedResults.Ok(await sender.Send(new Query(id), ct)))
        .ForOperators()
        .WithName("GetReceipt")
        .WithSummary("A delivery as it was booked.");

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, Receipt>
    {
        public async ValueTask<Receipt> Handle(Query query, CancellationToken ct)
        {
            // No more than the 1,000 lines that a receipt may have.
            var entries = await db.Read("select reference, at, sku, quantity from movements where receipt_id = $1 order by sku, id", [query.Id],
                row => (Reference: row.GetString(0), At: row.GetFieldValue<DateTimeOffset>(1), Line: new Line(row.GetString(2), row.GetInt64(3))), ct);

            return entries.Count == 0
                ? throw new NotFoundException($"receipt {query.Id}")
                : new Receipt(query.Id, entries[0].Reference, entries[0].At, entries.Select(entry => entry.Line).ToList());
        }
    }
}
