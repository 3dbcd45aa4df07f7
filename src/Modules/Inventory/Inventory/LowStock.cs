using Microsoft.Extensions.Configuration;

namespace Inventory;

/// <summary>Below how many to sell a product is reported as low, unless it has a threshold of its own; 0 reports none. Setting <c>Inventory:LowStock</c>.</summary>
public sealed record LowStock(int Threshold)
{
    private const string Setting = "Inventory:LowStock";

    /// <summary>Only the step across the threshold is worth telling, not each sale below it. A threshold that is raised may be that step too.</summary>
    internal bool IsCrossed(Stock before, Stock after) => !IsLow(before) && IsLow(after);

    internal int ThresholdOf(Stock stock) => stock.Threshold ?? Threshold;

    private bool IsLow(Stock stock) => stock.OnHand < ThresholdOf(stock);

    internal static LowStock From(IConfiguration configuration) => new(int.Parse(configuration[Setting] ?? "0"));

    internal static IEnumerable<string> Faults(IConfiguration configuration)
    {
        if (configuration[Setting] is { } text && !(int.TryParse(text, out var threshold) && threshold >= 0))
            yield return $"{Setting} is '{text}': give a whole number from 0 (report none) to {int.MaxValue}.";
    }
}
