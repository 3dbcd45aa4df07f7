namespace Inventory.Contracts;

/// <summary>Every line of the order is set aside.</summary>
public sealed record StockReserved(Guid OrderId);

/// <summary>At least one line of the order is not to be had; nothing is set aside.</summary>
/// <param name="Reason">Names the missing products and how many are left.</param>
public sealed record StockRejected(Guid OrderId, string Reason);

/// <summary>What was set aside for the order can be sold again.</summary>
public sealed record StockReleased(Guid OrderId);

/// <summary>The order's stock has been set aside for longer than the shop allows. It stays so until Orders, which alone knows whether the order is confirmed, calls the order off.</summary>
public sealed record ReservationExpired(Guid OrderId);

/// <summary>Few are left to sell.</summary>
public sealed record StockLow(string Sku, int Available);
