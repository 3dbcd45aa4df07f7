namespace Bench;

/// <summary>The median of some rounds, and between which values the middle half of them lies.</summary>
internal sealed record Spread(double Low, double Median, double High)
{
    /// <summary>Null without values.</summary>
    public static Spread? Over(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? null : new Spread(Quantile(sorted, 0.25), Quantile(sorted, 0.5), Quantile(sorted, 0.75));
    }

    /// <summary>Between two values as far as the quantile lies between their places.</summary>
    public static double Quantile(IReadOnlyList<double> sorted, double quantile)
    {
        var place = quantile * (sorted.Count - 1);
        var below = (int)place;
        var above = Math.Min(below + 1, sorted.Count - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

    /// <summary>Three significant digits at most: more would be noise.</summary>
    public static string Format(double value) => Math.Abs(value) switch
    {
        >= 100 => value.ToString("N0"),
        >= 10 => value.ToString("0.#"),
        _ => value.ToString("0.##"),
    };

    public override string ToString() => Low == High ? Format(Median) : $"{Format(Median)} ({Format(Low)}–{Format(High)})";
}
