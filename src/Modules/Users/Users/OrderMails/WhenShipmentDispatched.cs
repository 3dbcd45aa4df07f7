using System.Globalization;
using Marten;
using Shared.Kernel;
using Shipping.Contracts;

namespace Users;

/// <summary>A mail for each parcel: of a part it says what is in it, and what is still to come.</summary>
public static class WhenShipmentDispatched
{
    public static Task Handle(ShipmentDispatched dispatched, IDocumentSession db, Outbox outbox, Mailing mailing, CancellationToken ct)
    {
        var (isFirst, isLast) = (dispatched.Part == 1, dispatched.Open is not { Count: > 0 });
        var values = new Dictionary<string, string> { ["tracking"] = dispatched.TrackingNumber };
        if (isFirst && isLast) return db.TellCustomer(outbox, mailing, "order-dispatched", dispatched.OrderId, values, ct);

        values["lines"] = Named(dispatched.Lines);
        if (!isLast) values["open"] = Named(dispatched.Open);
        return db.TellCustomer(outbox, mailing, isLast ? "order-dispatched-rest" : "order-dispatched-part", dispatched.OrderId, values, ct, part: dispatched.Part.ToString(CultureInfo.InvariantCulture));
    }

    private static string Named(IReadOnlyList<ParcelLine>? lines) => string.Join(", ", (lines ?? []).Select(line => $"{line.Quantity} × {line.Sku}"));
}
