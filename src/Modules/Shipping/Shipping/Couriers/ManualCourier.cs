namespace Shipping;

/// <summary>No system stands behind it: an operator agrees with somebody, and types the tracking number. A parcel without one gets a number of the shop's own.</summary>
internal sealed class ManualCourier : ICourier
{
    public const string Known = "manual";

    public string Name => Known;

    public string? NumberOf(Guid parcelId) => $"MOD-{parcelId:N}".ToUpperInvariant();

    public Task<BookingAnswer> Book(Guid parcelId, Shipment shipment, CancellationToken ct) => Task.FromResult<BookingAnswer>(new ParcelBooked(NumberOf(parcelId)!));

    public Task CallOff(Guid parcelId, CancellationToken ct) => Task.CompletedTask;
}
