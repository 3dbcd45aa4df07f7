using Inventory.Contracts;
using Marten;
using Mediator;
using Shared.Kernel;

namespace Inventory;

/// <summary>
/// Orders is told of reservations that have waited too long. Nothing is released here: the order may have been confirmed a moment ago and its parcel be on its way.
/// Orders calls off what is not confirmed, and that releases the stock, as every cancellation does.
/// </summary>
internal static class ExpireReservations
{
    public const int Batch = 200;

    /// <summary>Answers how many there were; a full batch may not have been all.</summary>
    public sealed record Command : ICommand<int>;

    public sealed class Handler(IDocumentSession db, Outbox outbox, ReservationExpiry expiry, TimeProvider clock) : ICommandHandler<Command, int>
    {
        public async ValueTask<int> Handle(Command command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            await db.BeginTransactionAsync(ct);

            // Rows stay locked until commit: a second instance skips them, and so does whoever comes after a dispatch or a cancellation that is under way.
            var expired = await db.Read(
                "select order_id from reservations where state = 'reserved' and expired_at is null and at <= $1 order by at limit $2 for update skip locked",
                [now - expiry.After, Batch], row => row.GetGuid(0), ct);

            db.QueueSqlCommand("update reservations set expired_at = ? where order_id = any(?)", now, expired.ToArray());
            foreach (var orderId in expired) await outbox.Publish(new ReservationExpired(orderId));

            return expired.Count;
        }
    }
}
