using System.Text.Json.Serialization;

namespace Orders.Contracts;

/// <summary>An order's line at the price agreed.</summary>
/// <param name="Amount">Quantity times unit price, rounded half away from zero to the currency's cents.</param>
/// <param name="Name">The product's when it was ordered. Not said where it was not known, nor by orders from before it was.</param>
public sealed record OrderLine(string Sku, int Quantity, decimal UnitPrice, decimal Amount, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Name = null);

/// <summary>A customer wants these lines at these prices.</summary>
/// <param name="Total">The sum of the lines' amounts and the shipping.</param>
/// <param name="PaymentToken">What the payment provider knows the customer's means of payment by; not the means itself.</param>
/// <param name="Country">Where to, ISO 3166-1 alpha-2. Not said by orders from before there was one.</param>
/// <param name="ShippingEstimated">Shipping could not be asked: this is its last known rate, or a flat one.</param>
/// <param name="To">Not said by orders that were placed without one, or before it was.</param>
/// <param name="TaxRate">Percent that the total includes: what a quote says. Not said where no rate is set for the country, or before it was.</param>
public sealed record OrderPlaced(Guid OrderId, Guid CustomerId, IReadOnlyList<OrderLine> Lines, decimal Total, string Currency, string PaymentToken,
    string? Country = null, decimal Shipping = 0, bool ShippingEstimated = false, DeliveryAddress? To = null, decimal? TaxRate = null);

/// <summary>Where a parcel goes, within a country. Personal data: kept where it is needed, never logged.</summary>
public sealed record DeliveryAddress(string Name, string Street, string PostalCode, string City);

/// <summary>Stock is set aside, and the money is there or will be owed on invoice: the order can be sent.</summary>
/// <param name="Country">Where to, ISO 3166-1 alpha-2. Not said by orders from before it was.</param>
/// <param name="To">Not said by orders that were placed without one.</param>
public sealed record OrderConfirmed(Guid OrderId, Guid CustomerId, IReadOnlyList<OrderLine> Lines, string? Country = null, DeliveryAddress? To = null);

/// <summary>A confirmed order shall be called off: Shipping stops its shipment, or has dispatched it already and nothing changes.</summary>
public sealed record OrderCancellationRequested(Guid OrderId);

/// <summary>The order is called off for good: stock is released if it is still in the house, money is given back.</summary>
/// <param name="Reason">A stable code: <c>customer</c>, <c>operator</c>, <c>stock.rejected</c>, <c>stock.timed-out</c>, <c>stock.expired</c>, <c>payment.declined</c>, <c>payment.timed-out</c>, <c>shipment.lost</c>: then the goods have left the house, and are gone.</param>
public sealed record OrderCancelled(Guid OrderId, string Reason)
{
    public const string ShipmentLost = "shipment.lost";
}

/// <summary>A part of the order was lost on its way and is not sent again: its price is given back, and the order goes on without it.</summary>
/// <param name="PartId">Tells this part from others of the order.</param>
/// <param name="Amount">What its goods cost, above zero; what carrying them cost is not in it.</param>
/// <param name="NotSent">It was not lost: it could not be sent, or not again.</param>
public sealed record OrderPartLost(Guid OrderId, Guid PartId, decimal Amount, string Currency, bool NotSent = false);

/// <summary>The last parcel has arrived.</summary>
public sealed record OrderCompleted(Guid OrderId);
