namespace Shipping.Contracts;

/// <summary>A parcel has left the house: from the first one on the order can no longer be cancelled.</summary>
/// <param name="Lines">What is in it. Not said before it was: then it is everything.</param>
/// <param name="Open">What is still to be sent, or to be sent again. Not said, or empty: nothing.</param>
/// <param name="Part">Counts the order's parcels as they leave: by it this one is known, and what is heard late.</param>
/// <param name="Again">What of its lines is sent in place of what was lost. Not said, or empty: nothing.</param>
public sealed record ShipmentDispatched(Guid OrderId, string TrackingNumber, IReadOnlyList<ParcelLine>? Lines = null, IReadOnlyList<ParcelLine>? Open = null, int Part = 1, IReadOnlyList<ParcelLine>? Again = null);

public sealed record ParcelLine(string Sku, int Quantity);

/// <summary>The order's last parcel has arrived, of those that were not lost for good.</summary>
public sealed record ShipmentDelivered(Guid OrderId);

/// <summary>The parcel will not leave the house: its order is called off.</summary>
public sealed record ShipmentStopped(Guid OrderId);

/// <summary>The courier has lost all that was dispatched, and it is not sent anew: its order is called off, and its goods are gone.</summary>
public sealed record ShipmentLost(Guid OrderId);

/// <summary>The courier has lost one of the order's parcels, and its goods are not sent anew; the rest of the order goes on.</summary>
public sealed record ParcelLost(Guid OrderId, Guid ParcelId, IReadOnlyList<ParcelLine> Lines);

/// <summary>A part of the order, of which other parts have left, cannot be sent, or not again, and will not be; what was sent goes on.</summary>
/// <param name="Again">What of its lines had left before, and was lost. Not said, or empty: nothing.</param>
public sealed record PartDropped(Guid OrderId, Guid PartId, IReadOnlyList<ParcelLine> Lines, IReadOnlyList<ParcelLine>? Again = null);
