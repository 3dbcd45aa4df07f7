using Marten;
using Shared.Kernel;
using Shipping.Contracts;

namespace Users;

public static class WhenShipmentDispatched
{
    public static Task Handle(ShipmentDispatched dispatched, IDocumentSession db, Outbox outbox, Mailing mailing, CancellationToken ct) => db.TellCustomer(
        outbox, mailing, "order-dispatched", dispatched.OrderId, new() { ["tracking"] = dispatched.TrackingNumber }, ct);
}
