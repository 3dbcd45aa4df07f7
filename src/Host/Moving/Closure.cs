using System.Text.RegularExpressions;
using Shared.Kernel;

namespace Host;

internal enum Closed
{
    /// <summary>The source, from before the first row is copied until it is retired.</summary>
    Leaving,

    /// <summary>The target, until it is whole.</summary>
    Arriving,

    /// <summary>The empty schema that stays where the module was.</summary>
    Gone,
}

/// <summary>Why no host serves a schema: its comment, which a host with old settings shows to a person and the next move reads the end of.</summary>
/// <param name="Other">The <see cref="End.Id"/> of the other end.</param>
internal sealed partial record Closure(Closed Why, string Other)
{
    public static Closure? Read(string? comment) =>
        Mark().Match(comment ?? "") is { Success: true } match ? new(Enum.Parse<Closed>(match.Groups["why"].Value, ignoreCase: true), match.Groups["other"].Value) : null;

    /// <summary>SQL that closes the module's schema, or what stands in its place.</summary>
    public static string Sql(string module, Closed why, End other) => $"comment on schema {module} is '{Text(module, why, other).Replace("'", "''", StringComparison.Ordinal)} [{why} {other.Id}]'";

    private static string Text(string module, Closed why, End other) => ModuleStore.Closed + why switch
    {
        Closed.Leaving => $"its data is being moved to {other.Label}. Finish by './modular move {module} --to' that database; or stay, by this SQL here: comment on schema {module} is null",
        Closed.Arriving => $"its data is being moved here from {other.Label} and is not whole yet. Finish by the same './modular move {module}' again.",
        _ => $"its data was moved to {other.Label}. Set Database:Administrators:{module} to that database and start again. The copy from before is kept here as {module}_moved.",
    };

    [GeneratedRegex(@"^closed: .* \[(?<why>Leaving|Arriving|Gone) (?<other>[^\]]+)\]$")]
    private static partial Regex Mark();
}
