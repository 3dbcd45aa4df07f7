namespace Shipping.Contracts;

/// <summary>The parcel has left the house: the order can no longer be cancelled.</summary>
public sealed record ShipmentDispatched(Guid OrderId, string TrackingNumber);

/// <summary>The parcel has arrived.</summary>
public sealed record ShipmentDelivered(Guid OrderId);

/// <summary>The parcel will not leave the house: its order is called off.</summary>
public sealed record ShipmentStopped(Guid OrderId);

/// <summary>The courier has lost what was dispatched, and it is not sent anew: its order is called off, and its goods are gone.</summary>
public sealed record ShipmentLost(Guid OrderId);
