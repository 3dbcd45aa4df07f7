using Marten;
using Orders.Contracts;
using Shared.Kernel;

namespace Users;

public static class WhenOrderCancelled
{
    public static Task Handle(OrderCancelled cancelled, IDocumentSession db, Outbox outbox, Mailing mailing, CancellationToken ct) => db.TellCustomer(
        outbox, mailing, "order-cancelled", cancelled.OrderId, new() { ["reason"] = cancelled.Reason }, ct);
}
