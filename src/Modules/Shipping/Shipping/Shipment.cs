using Marten;
using Orders.Contracts;
using Shared.Kernel;

namespace Shipping;

/// <summary>
/// An order's one parcel: ready → dispatched → delivered, or stopped. Its version decides the race between who sends it and who calls its order off.
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
    public string? TrackingNumber { get; init; }
    public DateTimeOffset? ReadyAt { get; init; }
    public DateTimeOffset? DispatchedAt { get; init; }
    public DateTimeOffset? DeliveredAt { get; init; }
    public DateTimeOffset? StoppedAt { get; init; }

    public static void Declare(StoreOptions store) => store.Schema.For<Shipment>().DocumentAlias("shipment")
        .Duplicate(shipment => shipment.State, notNull: true)
        .UseOptimisticConcurrency(true);

    public static Shipment Ready(OrderConfirmed order, DateTimeOffset at) => new()
    {
        Id = order.OrderId, CustomerId = order.CustomerId, Lines = [.. order.Lines.Select(line => new ShipmentLine(line.Sku, line.Quantity))], ReadyAt = at,
        Country = order.Country, To = order.To is { } to ? new Address(to.Name, to.Street, to.PostalCode, to.City) : null,
    };

    public static Shipment Stopped(Guid orderId, DateTimeOffset at) => new() { Id = orderId, State = ShipmentState.Stopped, StoppedAt = at };

    /// <summary>Nothing of a parcel that has left the house: its dispatch was told already, and that answers the cancellation.</summary>
    public Shipment? Stop(DateTimeOffset at) => State is ShipmentState.Ready ? this with { State = ShipmentState.Stopped, StoppedAt = at } : null;

    /// <param name="trackingNumber">The courier's; without one the shipment gets its own.</param>
    public Shipment? Dispatch(string? trackingNumber, DateTimeOffset at) => State switch
    {
        ShipmentState.Ready => this with { State = ShipmentState.Dispatched, TrackingNumber = trackingNumber ?? $"MOD-{Id:N}".ToUpperInvariant(), DispatchedAt = at },
        ShipmentState.Stopped => throw new RefusedException("shipment.stopped", "The order is called off: put the goods back."),
        _ => null,
    };

    public Shipment? Deliver(DateTimeOffset at) => State switch
    {
        ShipmentState.Dispatched => this with { State = ShipmentState.Delivered, DeliveredAt = at },
        ShipmentState.Delivered => null,
        _ => throw new RefusedException("shipment.not-dispatched", $"The shipment is {State}: only what is dispatched can be delivered."),
    };
}

public sealed record ShipmentLine(string Sku, int Quantity);

public sealed record Address(string Name, string Street, string PostalCode, string City);

/// <summary>As stored and shown. Not an enum: Marten writes and compares its names in two spellings.</summary>
internal static class ShipmentState
{
    public const string Ready = "ready", Dispatched = "dispatched", Delivered = "delivered", Stopped = "stopped";

    public static IReadOnlyList<string> All { get; } = [Ready, Dispatched, Delivered, Stopped];
}
