namespace Shipping;

/// <summary>Goods of one shipment under one tracking number: (booking →) dispatched → delivered. A parcel that the courier declined holds no goods.</summary>
public sealed record Parcel
{
    public Guid Id { get; init; }
    public IReadOnlyList<ShipmentLine> Lines { get; init; } = [];
    public string State { get; init; } = ParcelState.Booking;
    public string Courier { get; init; } = "";
    public string? TrackingNumber { get; init; }

    /// <summary>Why the courier does not take it.</summary>
    public string? Declined { get; init; }
    public DateTimeOffset? DispatchedAt { get; init; }
    public DateTimeOffset? DeliveredAt { get; init; }

    public Parcel Dispatch(string trackingNumber, DateTimeOffset at) => this with { State = ParcelState.Dispatched, TrackingNumber = trackingNumber, DispatchedAt = at };

    public Parcel Deliver(DateTimeOffset at) => this with { State = ParcelState.Delivered, DeliveredAt = at };
}

/// <summary>As stored and shown.</summary>
internal static class ParcelState
{
    public const string Booking = "booking", Declined = "declined", Dispatched = "dispatched", Delivered = "delivered";
}
