namespace Bench;

/// <summary>What a figure shall be at least or at most, and what it is.</summary>
internal sealed record Goal(string What, double? Is, double Limit, bool AtLeast)
{
    public static Goal Least(string what, double? value, double limit) => new(what, value, limit, AtLeast: true);

    public static Goal Most(string what, double? value, double limit) => new(what, value, limit, AtLeast: false);

    public override string ToString() => Is is not { } value
        ? $"not measured: {What} {(AtLeast ? "≥" : "≤")} {Spread.Format(Limit)}"
        : $"**{((AtLeast ? value >= Limit : value <= Limit) ? "met" : "missed")}**: {What} {(AtLeast ? "≥" : "≤")} {Spread.Format(Limit)}; it is {Spread.Format(value)}";
}
