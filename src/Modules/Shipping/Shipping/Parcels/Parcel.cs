namespace Shipping;

/// <summary>Goods of one shipment under one tracking number: (booking →) dispatched → delivered, or lost, of which an operator decides what follows; or what is not sent.</summary>
public sealed record Parcel
{
    public const int LongestNumber = 64;

    public Guid Id { get; init; }
    public IReadOnlyList<ShipmentLine> Lines { get; init; } = [];

    /// <summary>What of the lines is sent in place of what was lost.</summary>
    public IReadOnlyList<ShipmentLine> Again { get; init; } = [];
    public string State { get; init; } = ParcelState.Booking;
    public string Courier { get; init; } = "";
    public string? TrackingNumber { get; init; }

    /// <summary>Why the courier does not take it.</summary>
    public string? Declined { get; init; }
    public DateTimeOffset? DispatchedAt { get; init; }
    public DateTimeOffset? DeliveredAt { get; init; }
    public DateTimeOffset? LostAt { get; init; }

    /// <summary>What follows from its loss; null: that is not decided, and it may still turn up.</summary>
    public string? Outcome { get; init; }

    /// <summary>It has left the house, or never will.</summary>
    public bool IsSettled() => DispatchedAt is not null || State is ParcelState.NotSent;

    /// <summary>Its goods have not to be sent (again).</summary>
    public bool HoldsItsGoods() => State is not ParcelState.Declined && Outcome is not LossOutcome.Reship;

    public bool IsUnderWay() => State is ParcelState.Dispatched or ParcelState.Lost && Outcome is null;

    public Parcel Dispatch(string trackingNumber, DateTimeOffset at) => this with { State = ParcelState.Dispatched, TrackingNumber = trackingNumber, DispatchedAt = at };

    public Parcel Deliver(DateTimeOffset at) => this with { State = ParcelState.Delivered, DeliveredAt = at, LostAt = null };

    public Parcel Lose(string? outcome, DateTimeOffset at) => this with { State = ParcelState.Lost, Outcome = outcome, LostAt = LostAt ?? at };
}

/// <summary>As stored and shown.</summary>
internal static class ParcelState
{
    public const string Booking = "booking", Declined = "declined", Dispatched = "dispatched", Delivered = "delivered", Lost = "lost";

    /// <summary>No parcel: a part that cannot be sent, and is refunded as a lost one is.</summary>
    public const string NotSent = "not-sent";
}

internal static class LossOutcome
{
    public const string Reship = "reship", Refund = "refund";
}
