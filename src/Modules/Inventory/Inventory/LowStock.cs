using Microsoft.Extensions.Configuration;

namespace Inventory;

/// <summary>Below how many to sell a product is reported as low; 0 reports none. Setting <c>Inventory:LowStock</c>.</summary>
public sealed record LowStock(int Threshold)
{
    private const string Setting = "Inventory:LowStock";

    /// <summary>Only the step across the threshold is worth telling, not each sale below it.</summary>
    public bool IsCrossed(long before, long after) => before >= Threshold && after < Threshold;

    internal static LowStock From(IConfiguration configuration) => new(int.Parse(configuration[Setting] ?? "0"));

    internal static IEnumerable<string> Faults(IConfiguration configuration)
    {
        if (configuration[Setting] is { } text && !(int.TryParse(text, out var threshold) && threshold >= 0))
            yield return $"{Setting} is '{text}': give a whole number from 0 (report none) to {int.MaxValue}.";
    }
}
