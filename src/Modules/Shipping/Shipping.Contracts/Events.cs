namespace Shipping.Contracts;

/// <summary>The parcel has left the house: the order can no longer be cancelled.</summary>
public sealed record ShipmentDispatched(Guid OrderId, string TrackingNumber);

/// <summary>The parcel has arrived.</summary>
public sealed record ShipmentDelivered(Guid OrderId);

/// <summary>The parcel will not leave the house: its order is called off.</summary>
public sealed record ShipmentStopped(Guid OrderId);
