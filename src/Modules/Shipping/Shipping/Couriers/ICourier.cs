using Microsoft.Extensions.Configuration;
using Npgsql;

namespace Shipping;

/// <summary>
/// Who brings parcels. A parcel's id is the idempotency key: asked again, the courier answers again and books nothing more.
/// A lost answer is an exception, and asking again is the way to learn it. Nobody asks it in a request or while a transaction is open.
/// </summary>
public interface ICourier
{
    /// <summary>As in setting <c>Shipping:Courier</c>; kept with each parcel.</summary>
    string Name { get; }

    /// <summary>The tracking number of a parcel for which nobody has to be asked; null: it is to be booked.</summary>
    string? NumberOf(Guid parcelId);

    Task<BookingAnswer> Book(Guid parcelId, Shipment shipment, CancellationToken ct);

    /// <summary>From now on nothing is booked under this id, even by a request that is still on its way.</summary>
    Task CallOff(Guid parcelId, CancellationToken ct);
}

public abstract record BookingAnswer;

public sealed record ParcelBooked(string TrackingNumber) : BookingAnswer;

public sealed record BookingDeclined(string Reason) : BookingAnswer;

/// <summary>All couriers, since one may have parcels from before another was chosen.</summary>
public sealed class Couriers
{
    private const string Setting = "Shipping:Courier", Usual = ManualCourier.Known;

    private static readonly string[] Names = [ManualCourier.Known, TestCourier.Known];

    private readonly ICourier[] _all;

    public Couriers(IConfiguration configuration, NpgsqlDataSource database)
    {
        _all = [new ManualCourier(), new TestCourier(database)];
        Chosen = Named(configuration[Setting] ?? Usual);
    }

    /// <summary>Of new parcels.</summary>
    public ICourier Chosen { get; }

    /// <summary>What has a number already was agreed by hand.</summary>
    public ICourier For(string? trackingNumber) => trackingNumber is null ? Chosen : Named(ManualCourier.Known);

    public ICourier Named(string name) => _all.Single(courier => courier.Name == name);

    internal static void Check(IConfiguration configuration, ICollection<string> faults)
    {
        if (configuration[Setting] is { } name && !Names.Contains(name)) faults.Add($"{Setting} is '{name}', which is no courier. Known: {string.Join(", ", Names)}.");
    }
}
