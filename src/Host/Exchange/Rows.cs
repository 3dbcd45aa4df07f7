using System.Text.Json;
using System.Text.Json.Serialization;

namespace Host;

/// <summary>The lines of customers.jsonl: one JSON object each.</summary>
internal sealed record CustomerRow(Guid Id, string Email, string Name, DateTimeOffset RegisteredAt);

/// <summary>The lines of stock.jsonl.</summary>
/// <param name="OnHand">Can be sold.</param>
/// <param name="Reserved">Set aside, and still in the house.</param>
internal sealed record StockRow(string Sku, long OnHand, long Reserved);

/// <summary>The lines of orders.jsonl.</summary>
/// <param name="Customer">The address of the account; null if there is none.</param>
internal sealed record OrderRow(Guid Id, string Status, DateTimeOffset PlacedAt, string? Customer, Guid CustomerId, IReadOnlyList<OrderRowLine?>? Lines, string? Country, JsonElement? To,
    decimal Shipping, decimal Total, decimal Refunded, string Currency, string? CancelReason)
{
    public static readonly IReadOnlyList<string> Statuses = ["placed", "reserved", "confirmed", "dispatched", "completed", "cancelling", "cancelled"];

    [JsonIgnore]
    public bool IsKnown => Statuses.Contains(Status);

    /// <summary>Its goods have not left the house, and it is not called off.</summary>
    [JsonIgnore]
    public bool IsOpen => Status is "placed" or "reserved" or "confirmed";
}

internal sealed record OrderRowLine(string Sku, int Quantity, decimal UnitPrice, decimal Amount);

/// <summary>What a shop's data is written as, and read from.</summary>
internal static class ExchangeFiles
{
    public const string Customers = "customers.jsonl", Products = "products.csv", Stock = "stock.jsonl", Orders = "orders.jsonl";

    /// <summary>What an import has placed, each with its shop's address.</summary>
    public const string Placed = "orders.placed";
}

/// <summary>A person is told what is wrong, and what to do.</summary>
internal sealed class ExchangeException(string said) : Exception(said);
