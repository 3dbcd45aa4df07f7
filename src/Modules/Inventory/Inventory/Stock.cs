using System.Data.Common;
using Marten;
using Shared.Kernel;

namespace Inventory;

/// <summary>One product's stock.</summary>
/// <param name="OnHand">What can be sold: in the house and not set aside.</param>
/// <param name="Reserved">In the house and set aside for orders.</param>
/// <param name="Threshold">Below how many on hand it is low; null: as the shop's setting says.</param>
internal sealed record Stock(string Sku, long OnHand, long Reserved = 0, int? Threshold = null, int ThresholdVersion = 0)
{
    /// <summary>A count in the house found more or fewer than the book says.</summary>
    public Stock Correct(long quantity) => OnHand + quantity >= 0
        ? this with { OnHand = OnHand + quantity }
        : throw new RefusedException("stock.below-zero", $"Only {OnHand} of {Sku} can be sold, so no more can be taken away: cancel orders first to take what is set aside.");

    public Stock SetAside(long quantity) => this with { OnHand = OnHand - quantity };

    public Stock WarnBelow(int? threshold) => threshold == Threshold ? this : this with { Threshold = threshold, ThresholdVersion = ThresholdVersion + 1 };
}

/// <summary>Catalog's rule: what could never be published is not received either, and each product has an address of its own.</summary>
internal static class SkuRule
{
    public const string Says = "must have 1 to 40 letters, digits, spaces, dots, hyphens or underscores, no space at either end, and not only dots";

    public static bool Holds(string? sku) =>
        sku?.Length is >= 1 and <= 40 && sku.All(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '.' or '_' or '-') && sku.Trim() == sku && sku.Any(c => c is not '.');

    public static bool Sku(this Rules rules, string? sku, string field) => rules.Require(Holds(sku), field, Says);
}

internal static class StockRows
{
    private const string Select = "select sku, on_hand, reserved, threshold, coalesce(threshold_version, 0) from stock";

    /// <summary>
    /// The rows stay locked until commit. Locked in the order of their skus, as all who lock several do:
    /// two orders for the same products wait for each other, but never in a circle.
    /// </summary>
    public static async Task<IReadOnlyDictionary<string, Stock>> LockStock(this IDocumentSession db, IEnumerable<string> skus, CancellationToken ct)
    {
        await db.BeginTransactionAsync(ct);
        var rows = await db.Read($"{Select} where sku = any($1) order by sku for update", [skus.ToArray()], Of, ct);
        return rows.ToDictionary(stock => stock.Sku);
    }

    public static async Task<Stock?> ReadStock(this IQuerySession db, string sku, CancellationToken ct) => (await db.Read($"{Select} where sku = $1", [sku], Of, ct)).SingleOrDefault();

    private static Stock Of(DbDataReader row) => new(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetFieldValue<int?>(3), row.GetInt32(4));
}
