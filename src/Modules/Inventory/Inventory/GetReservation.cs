using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Inventory;

/// <summary>What is, or was, set aside for an order.</summary>
internal static class GetReservation
{
    /// <param name="ExpiredAt">When Orders was told that it had waited too long; null if that never was.</param>
    public sealed record View(Guid OrderId, string State, DateTimeOffset At, DateTimeOffset? ExpiredAt, IReadOnlyList<ReservedLine> Lines);

    public sealed record Query(Guid OrderId) : IQuery<View>;

    public static void Map(IEndpointRouteBuilder inventory) => inventory
        .MapGet("/reservations/{orderId:guid}", async (Guid orderId, ISender sender, CancellationToken ct) => TypedResults.Ok(await sender.Send(new Query(orderId), ct)))
        .ForOperators()
        .WithName("GetReservation")
        .WithSummary("What is, or was, set aside for an order; no lines if nothing ever was.");

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, View>
    {
        public async ValueTask<View> Handle(Query query, CancellationToken ct)
        {
            var found = (await db.Read("select state, at, expired_at from reservations where order_id = $1", [query.OrderId],
                row => new View(query.OrderId, row.GetString(0), row.GetFieldValue<DateTimeOffset>(1), row.GetFieldValue<DateTimeOffset?>(2), []), ct)).SingleOrDefault()
                ?? throw new NotFoundException($"reservation for order {query.OrderId}");

            return found with { Lines = await db.ReservedLines(query.OrderId, ct) };
        }
    }
}
