using Marten;
using Orders.Contracts;
using Shared.Kernel;

namespace Users;

public static class WhenOrderConfirmed
{
    public static Task Handle(OrderConfirmed confirmed, IDocumentSession db, Outbox outbox, Mailing mailing, CancellationToken ct) => db.TellCustomer(
        outbox, mailing, "order-confirmed", confirmed.OrderId, new() { ["lines"] = string.Join(", ", confirmed.Lines.Select(line => $"{line.Quantity} × {line.Sku}")) }, ct);
}
