using Marten;
using Shared.Kernel;
using Shipping.Contracts;

namespace Users;

/// <summary>What its customer was told is still to come will not. A refund of its price has a mail of its own.</summary>
public static class WhenPartDropped
{
    public static Task Handle(PartDropped notSent, IDocumentSession db, Outbox outbox, Mailing mailing, CancellationToken ct) => db.TellCustomer(
        outbox, mailing, "order-part-not-sent", notSent.OrderId, new() { ["lines"] = string.Join(", ", notSent.Lines.Select(line => $"{line.Quantity} × {line.Sku}")) }, ct, part: notSent.PartId.ToString());
}
