using Marten;
using Orders.Contracts;
using Shared.Kernel;

namespace Shipping;

/// <summary>
/// What an order's customer is to get: ready → dispatched → delivered, or stopped. Its version decides the race between who sends it and who calls its order off.
/// Each decision answers the shipment as it is then, or nothing where it is so already.
/// </summary>
public sealed record Shipment
{
    /// <summary>The order's.</summary>
    public Guid Id { get; init; }

    /// <summary>Unknown of a shipment that was stopped before its order's confirmation was heard of; then it has no lines either.</summary>
    public Guid? CustomerId { get; init; }
    public IReadOnlyList<ShipmentLine> Lines { get; init; } = [];

    /// <summary>Where to. Both unknown of orders that were confirmed before they said it.</summary>
    public string? Country { get; init; }
    public Address? To { get; init; }
    public string State { get; init; } = ShipmentState.Ready;

    /// <summary>What follows from here is of the newest parcel, of the first, of the last: the version before knows of one parcel only.</summary>
    public string? TrackingNumber { get; init; }
    public DateTimeOffset? ReadyAt { get; init; }
    public DateTimeOffset? DispatchedAt { get; init; }
    public DateTimeOffset? DeliveredAt { get; init; }
    public DateTimeOffset? StoppedAt { get; init; }

    /// <summary>Not written by the version before: see <see cref="AllParcels"/>.</summary>
    public IReadOnlyList<Parcel> Parcels { get; init; } = [];

    public static void Declare(StoreOptions store) => store.Schema.For<Shipment>().DocumentAlias("shipment")
        .Duplicate(shipment => shipment.State, notNull: true)
        .UseOptimisticConcurrency(true);

    public static Shipment Ready(OrderConfirmed order, DateTimeOffset at) => new()
    {
        Id = order.OrderId, CustomerId = order.CustomerId, Lines = [.. order.Lines.Select(line => new ShipmentLine(line.Sku, line.Quantity))], ReadyAt = at,
        Country = order.Country, To = order.To is { } to ? new Address(to.Name, to.Street, to.PostalCode, to.City) : null,
    };

    public static Shipment Stopped(Guid orderId, DateTimeOffset at) => new() { Id = orderId, State = ShipmentState.Stopped, StoppedAt = at };

    /// <summary>What the version before has sent was one parcel with everything.</summary>
    public IReadOnlyList<Parcel> AllParcels() => Parcels.Count > 0 || DispatchedAt is not { } at ? Parcels
        : [new Parcel { Id = Id, Lines = Lines, State = State, Courier = ManualCourier.Known, TrackingNumber = TrackingNumber, DispatchedAt = at, DeliveredAt = DeliveredAt }];

    public bool IsBeingBooked() => Parcels.Any(parcel => parcel.State == ParcelState.Booking);

    /// <summary>Nothing of a parcel that has left the house: its dispatch was told already, and that answers the cancellation. One that is being booked is given up.</summary>
    public Shipment? Stop(DateTimeOffset at) => State is ShipmentState.Ready ? this with { State = ShipmentState.Stopped, StoppedAt = at, Parcels = [] } : null;

    /// <summary>All that is left goes in one parcel.</summary>
    /// <param name="trackingNumber">Null: it is to be booked first. With a number what is being booked is given up for it.</param>
    public Shipment? Dispatch(Guid parcelId, string? trackingNumber, string courier, DateTimeOffset at)
    {
        if (State is ShipmentState.Stopped) throw new RefusedException("shipment.stopped", "The order is called off: put the goods back.");

        var kept = AllParcels().Where(parcel => parcel.State != ParcelState.Declined && (trackingNumber is null || parcel.State != ParcelState.Booking)).ToList();
        if (kept.Count > 0) return null;
        if (trackingNumber is null && (To is null || Country is null))
            throw new RefusedException("shipment.no-address", "The order was placed without an address, and no courier takes it so: agree with one and give its tracking number.");

        var parcel = new Parcel { Id = parcelId, Lines = Lines, Courier = courier };
        return With([.. kept, trackingNumber is null ? parcel : parcel.Dispatch(trackingNumber, at)]);
    }

    /// <summary>The courier takes the parcel.</summary>
    public Shipment Booked(Guid parcelId, string trackingNumber, DateTimeOffset at) => With(parcelId, parcel => parcel.Dispatch(trackingNumber, at));

    /// <summary>The courier does not: its goods are still to be sent.</summary>
    public Shipment Decline(Guid parcelId, string reason) => With(parcelId, parcel => parcel with { State = ParcelState.Declined, Declined = reason });

    public Shipment? Deliver(DateTimeOffset at) => State switch
    {
        ShipmentState.Dispatched => With([.. AllParcels().Select(parcel => parcel.State == ParcelState.Dispatched ? parcel.Deliver(at) : parcel)]),
        ShipmentState.Delivered => null,
        _ => throw new RefusedException("shipment.not-dispatched", $"The shipment is {State}: only what is dispatched can be delivered."),
    };

    public Shipment? DeliverParcel(Guid parcelId, DateTimeOffset at) => Find(parcelId).State switch
    {
        ParcelState.Dispatched => With(parcelId, parcel => parcel.Deliver(at)),
        ParcelState.Delivered => null,
        var state => throw new RefusedException("parcel.not-dispatched", $"The parcel is {state}: only what is dispatched can be delivered."),
    };

    private Parcel Find(Guid parcelId) => AllParcels().FirstOrDefault(parcel => parcel.Id == parcelId) ?? throw new NotFoundException($"parcel {parcelId} in the shipment of order {Id}");

    private Shipment With(Guid parcelId, Func<Parcel, Parcel> change) => With([.. AllParcels().Select(parcel => parcel.Id == parcelId ? change(parcel) : parcel)]);

    private Shipment With(IReadOnlyList<Parcel> parcels)
    {
        var sent = parcels.Where(parcel => parcel.DispatchedAt is not null).ToList();
        var delivered = sent.Count > 0 && sent.All(parcel => parcel.State == ParcelState.Delivered);
        return this with
        {
            Parcels = parcels,
            State = sent.Count == 0 ? ShipmentState.Ready : delivered ? ShipmentState.Delivered : ShipmentState.Dispatched,
            TrackingNumber = sent.LastOrDefault()?.TrackingNumber,
            DispatchedAt = sent.FirstOrDefault()?.DispatchedAt,
            DeliveredAt = delivered ? sent.Max(parcel => parcel.DeliveredAt) : null,
        };
    }
}

public sealed record ShipmentLine(string Sku, int Quantity);

public sealed record Address(string Name, string Street, string PostalCode, string City);

/// <summary>As stored and shown. Not an enum: Marten writes and compares its names in two spellings.</summary>
internal static class ShipmentState
{
    public const string Ready = "ready", Dispatched = "dispatched", Delivered = "delivered", Stopped = "stopped";

    public static IReadOnlyList<string> All { get; } = [Ready, Dispatched, Delivered, Stopped];
}
