using Marten;
using Orders.Contracts;
using Shared.Kernel;
using Shipping.Contracts;

namespace Shipping;

/// <summary>
/// What an order's customer is to get: ready → dispatched → delivered, or stopped, or lost. Its version decides the race between who sends it and who calls its order off, who delivers it and who gives it up.
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

    /// <summary>What follows from here is of the parcel that left last, of the first, of the last: the version before knows of one parcel only.</summary>
    public string? TrackingNumber { get; init; }
    public DateTimeOffset? ReadyAt { get; init; }
    public DateTimeOffset? DispatchedAt { get; init; }
    public DateTimeOffset? DeliveredAt { get; init; }
    public DateTimeOffset? StoppedAt { get; init; }
    public DateTimeOffset? LostAt { get; init; }

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

    /// <summary>Nothing of a parcel that has left the house: its dispatch was told already, and that answers the cancellation. One that is being booked is given up.</summary>
    public Shipment? Stop(DateTimeOffset at) => State is ShipmentState.Ready ? this with { State = ShipmentState.Stopped, StoppedAt = at, Parcels = [] } : null;

    /// <summary>What is still to be put into a parcel.</summary>
    public IReadOnlyList<ShipmentLine> Open() => State is ShipmentState.Stopped or ShipmentState.Lost ? [] : Left(AllParcels());

    /// <summary>What is told of a parcel that has just left.</summary>
    public ShipmentDispatched Dispatched(Guid parcelId)
    {
        var (parcel, sent) = (Find(parcelId), AllParcels().Where(parcel => parcel.DispatchedAt is not null).ToList());
        return new ShipmentDispatched(Id, parcel.TrackingNumber!, Told(parcel.Lines), Told(Left(AllParcels().Where(other => other.IsSettled()))), sent.Count, parcel.Again.Count > 0 ? Told(parcel.Again) : null);
    }

    /// <summary>What is told of a parcel that is given up, while the rest goes on.</summary>
    public ParcelLost GivenUp(Guid parcelId) => new(Id, parcelId, Told(Find(parcelId).Lines));

    /// <summary>What is told of a part that will not be sent.</summary>
    public PartDropped NotSent(Guid partId) => new(Id, partId, Told(Find(partId).Lines), Find(partId).Again is { Count: > 0 } again ? Told(again) : null);

    /// <summary>All that is open cannot be sent, and is given up as a lost parcel is. What is being booked stays so.</summary>
    public Shipment? GiveUpOpen(Guid partId, DateTimeOffset at)
    {
        var (open, parcels) = (Open(), AllParcels());
        if (open.Count == 0 && parcels.Any(parcel => parcel.State is ParcelState.NotSent)) return null;
        MustBeWanted();
        if (State is ShipmentState.Ready) throw new RefusedException("shipment.nothing-sent", "Nothing of the shipment has left the house: cancel its order.");
        if (open.Count == 0) throw NothingOpen();

        var part = new Parcel { Id = partId, Lines = open, Again = Again(parcels, open), State = ParcelState.NotSent, Outcome = LossOutcome.Refund, LostAt = at };
        return With([.. parcels.Where(parcel => parcel.State != ParcelState.Declined), part]).LostIfAllIs(at);
    }

    /// <summary>These go in a parcel of their own, and the rest stays open; what is being booked stays booked.</summary>
    /// <param name="wanted">Each product once; null: all that is open.</param>
    public Shipment DispatchPart(IReadOnlyList<ShipmentLine>? wanted, Guid parcelId, string? trackingNumber, string courier, DateTimeOffset at)
    {
        MustBeWanted();
        var open = Open();
        if (open.Count == 0) throw NothingOpen();
        if (wanted is not null) MustBeOpen(wanted, open.ToDictionary(line => line.Sku, line => line.Quantity));
        return Send(AllParcels(), wanted ?? open, parcelId, trackingNumber, courier, at);
    }

    /// <summary>All that is left goes in one parcel.</summary>
    /// <param name="trackingNumber">Null: it is to be booked first. With a number what is being booked is given up for it.</param>
    public Shipment? Dispatch(Guid parcelId, string? trackingNumber, string courier, DateTimeOffset at)
    {
        MustBeWanted();
        var kept = AllParcels().Where(parcel => trackingNumber is null || parcel.State != ParcelState.Booking).ToList();
        var left = Left(kept);
        return left.Count == 0 && kept.Any(parcel => parcel.HoldsItsGoods()) ? null : Send(kept, left, parcelId, trackingNumber, courier, at);
    }

    /// <summary>The courier takes the parcel.</summary>
    public Shipment Booked(Guid parcelId, string trackingNumber, DateTimeOffset at) => With(parcelId, parcel => parcel.Dispatch(trackingNumber, at));

    /// <summary>The courier does not: its goods are still to be sent.</summary>
    public Shipment Decline(Guid parcelId, string reason) => With(parcelId, parcel => parcel with { State = ParcelState.Declined, Declined = reason });

    /// <summary>All that is on its way has arrived. Of several parcels one that is reported lost is not among that: it would be marked so by mistake, and could not be refunded any more.</summary>
    public Shipment? Deliver(DateTimeOffset at) => State switch
    {
        ShipmentState.Dispatched when AllParcels().Count(parcel => parcel.DispatchedAt is not null) > 1 && AllParcels().Any(parcel => parcel.State is ParcelState.Lost && parcel.IsUnderWay()) =>
            throw new RefusedException("shipment.parcel-lost", "A parcel is reported lost: decide on it (reship, refund), or deliver the parcels one by one."),
        ShipmentState.Dispatched => With([.. AllParcels().Select(parcel => parcel.IsUnderWay() ? parcel.Deliver(at) : parcel)]),
        ShipmentState.Delivered => null,
        ShipmentState.PartlyDispatched => throw new RefusedException("shipment.partly-dispatched", "Not all of the shipment is dispatched: dispatch the rest, or deliver its parcels one by one."),
        _ => throw new RefusedException("shipment.not-dispatched", $"The shipment is {State}: only what is dispatched can be delivered."),
    };

    public Shipment? DeliverParcel(Guid parcelId, DateTimeOffset at) => Find(parcelId) switch
    {
        { State: ParcelState.Delivered } => null,
        { Outcome: { } outcome } => throw Decided(outcome),
        var parcel when parcel.IsUnderWay() => With(parcelId, found => found.Deliver(at)),
        var parcel => throw NotDispatched(parcel, "delivered"),
    };

    /// <summary>The courier has lost a parcel.</summary>
    /// <param name="outcome">Reship: its goods are to be sent again. Refund: they are not, and the shipment is lost when that is so of all its goods. Null: to be decided.</param>
    public Shipment? LoseParcel(Guid parcelId, string? outcome, DateTimeOffset at)
    {
        var parcel = Find(parcelId);
        if (parcel.State is ParcelState.Lost && (outcome is null || outcome == parcel.Outcome)) return null;
        if (parcel.State is ParcelState.Delivered) throw new RefusedException("parcel.delivered", "The parcel has arrived: what has arrived is not lost.");
        if (parcel.Outcome is { } decided) throw Decided(decided);
        if (!parcel.IsUnderWay()) throw NotDispatched(parcel, "lost");

        return With(parcelId, found => found.Lose(outcome, at)).LostIfAllIs(at);
    }

    /// <summary>The goods of a parcel that was lost go again.</summary>
    public Shipment Reship(Guid lostId, Guid parcelId, string? trackingNumber, string courier, DateTimeOffset at) => Send(AllParcels(), Find(lostId).Lines, parcelId, trackingNumber, courier, at, isAgain: true);

    private Shipment LostIfAllIs(DateTimeOffset at) =>
        Left(Parcels.Where(parcel => parcel.Outcome is LossOutcome.Refund)).Count > 0 ? this : this with { State = ShipmentState.Lost, DeliveredAt = null, LostAt = at };

    private void MustBeWanted()
    {
        if (State is ShipmentState.Stopped) throw new RefusedException("shipment.stopped", "The order is called off: put the goods back.");
        if (State is ShipmentState.Lost) throw new RefusedException("shipment.lost", "The order was refunded because a parcel was lost: put back what is still in the house.");
    }

    private void MustBeOpen(IReadOnlyList<ShipmentLine> wanted, Dictionary<string, int> open)
    {
        var unknown = wanted.Select(line => line.Sku).Except(Lines.Select(line => line.Sku)).ToList();
        if (unknown.Count > 0) throw new RefusedException("parcel.unknown-sku", $"The order has no {string.Join(", ", unknown.Select(sku => $"'{sku}'"))}: put into the parcel what it has, which is in the shipment's lines.");

        var more = wanted.Where(line => line.Quantity > open.GetValueOrDefault(line.Sku)).Select(line => $"'{line.Sku}' ({line.Quantity} asked for, {open.GetValueOrDefault(line.Sku)} open)").ToList();
        if (more.Count > 0) throw new RefusedException("parcel.more-than-open", $"More than is still to be sent: {string.Join(", ", more)}. Put at most that into the parcel; what is sent, or being booked, is not open.");
    }

    private static IReadOnlyList<ParcelLine> Told(IEnumerable<ShipmentLine> lines) => [.. lines.Select(line => new ParcelLine(line.Sku, line.Quantity))];

    private Shipment Send(IReadOnlyList<Parcel> kept, IReadOnlyList<ShipmentLine> lines, Guid parcelId, string? trackingNumber, string courier, DateTimeOffset at, bool isAgain = false)
    {
        if (trackingNumber is null && (To is null || Country is null))
            throw new RefusedException("shipment.no-address", "The order was placed without an address, and no courier takes it so: agree with one and give its tracking number.");
        if (trackingNumber is not null && kept.Any(parcel => parcel.TrackingNumber == trackingNumber))
            throw new RefusedException("parcel.number-taken", "Another parcel of this shipment has that tracking number: give the new parcel's own.");

        var parcel = new Parcel { Id = parcelId, Lines = lines, Again = isAgain ? lines : Again(kept, lines), Courier = courier };
        return With([.. kept.Where(parcel => parcel.State != ParcelState.Declined), trackingNumber is null ? parcel : parcel.Dispatch(trackingNumber, at)]);
    }

    /// <summary>What of these lines can only be sent in place of what was lost, since the rest that never left is less: the goods of an order are alike, so the rest goes first.</summary>
    private IReadOnlyList<ShipmentLine> Again(IEnumerable<Parcel> kept, IReadOnlyList<ShipmentLine> lines)
    {
        var counted = kept.Where(parcel => parcel.State is not ParcelState.Declined).ToList();
        var (ordered, taken, again) = (Of(Lines), Of(counted.SelectMany(parcel => parcel.Lines)), Of(counted.SelectMany(parcel => parcel.Again)));
        return [.. lines.Select(line => line with { Quantity = line.Quantity - Math.Min(line.Quantity, ordered[line.Sku].Sum() - taken[line.Sku].Sum() + again[line.Sku].Sum()) }).Where(line => line.Quantity > 0)];

        static ILookup<string, int> Of(IEnumerable<ShipmentLine> lines) => lines.ToLookup(line => line.Sku, line => line.Quantity);
    }

    /// <summary>What is ordered and in none of these parcels.</summary>
    private IReadOnlyList<ShipmentLine> Left(IEnumerable<Parcel> parcels)
    {
        var gone = parcels.Where(parcel => parcel.HoldsItsGoods()).SelectMany(parcel => parcel.Lines).ToLookup(line => line.Sku, line => line.Quantity);
        return [.. Lines.GroupBy(line => line.Sku, (sku, lines) => new ShipmentLine(sku, lines.Sum(line => line.Quantity) - gone[sku].Sum())).Where(line => line.Quantity > 0)];
    }

    private static RefusedException NothingOpen() => new("shipment.nothing-open", "Everything in the shipment is sent, or being booked: look at its tracking.");

    private static RefusedException Decided(string outcome) => new("parcel.given-up", $"The parcel was given up, and '{outcome}' was decided: that stays so.");

    private static RefusedException NotDispatched(Parcel parcel, string what) => new("parcel.not-dispatched", $"The parcel is {parcel.State}: only what is dispatched can be {what}.");

    public Parcel Find(Guid parcelId) => AllParcels().FirstOrDefault(parcel => parcel.Id == parcelId) ?? throw new NotFoundException($"parcel {parcelId} in the shipment of order {Id}");

    private Shipment With(Guid parcelId, Func<Parcel, Parcel> change) => With([.. AllParcels().Select(parcel => parcel.Id == parcelId ? change(parcel) : parcel)]);

    private Shipment With(IReadOnlyList<Parcel> parcels)
    {
        var sent = parcels.Where(parcel => parcel.DispatchedAt is not null).ToList();
        var state = sent.Count == 0 ? ShipmentState.Ready
            : Left(parcels.Where(parcel => parcel.IsSettled())).Count > 0 ? ShipmentState.PartlyDispatched
            : sent.Any(parcel => parcel.IsUnderWay()) ? ShipmentState.Dispatched : ShipmentState.Delivered;
        return this with
        {
            Parcels = parcels,
            State = state,
            TrackingNumber = sent.OrderBy(parcel => parcel.DispatchedAt).LastOrDefault()?.TrackingNumber,
            DispatchedAt = sent.Min(parcel => parcel.DispatchedAt),
            DeliveredAt = state is ShipmentState.Delivered ? sent.Max(parcel => parcel.DeliveredAt) : null,
        };
    }
}

public sealed record ShipmentLine(string Sku, int Quantity);

public sealed record Address(string Name, string Street, string PostalCode, string City);

/// <summary>As stored and shown. Not an enum: Marten writes and compares its names in two spellings.</summary>
internal static class ShipmentState
{
    /// <summary>The order cannot be cancelled any more, and something is still to be sent, or to be sent again. The version before neither sends nor delivers such a shipment.</summary>
    public const string PartlyDispatched = "partly-dispatched";

    public const string Ready = "ready", Dispatched = "dispatched", Delivered = "delivered", Stopped = "stopped", Lost = "lost";

    public static IReadOnlyList<string> All { get; } = [Ready, PartlyDispatched, Dispatched, Delivered, Stopped, Lost];
}
