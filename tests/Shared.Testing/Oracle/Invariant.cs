using System.Text;

namespace Shared.Testing;

/// <summary>Something that is true of the shop whenever it is at rest.</summary>
/// <param name="Name">Stable: tests and people name it.</param>
/// <param name="Says">The rule, in words.</param>
/// <param name="Culprits">A query on the tables of <see cref="Sources"/> that answers one text for each row that breaks the rule.</param>
public sealed record Invariant(string Name, string Says, string Culprits);

/// <summary>A rule that does not hold.</summary>
/// <param name="Count">How many break it.</param>
/// <param name="Culprits">The first ten of them, by name.</param>
public sealed record Violation(string Name, string Says, int Count, IReadOnlyList<string> Culprits)
{
    public const int NamedAtMost = 10;
}

/// <summary>What the oracle found: every rule that was checked, and those that do not hold.</summary>
public sealed record Findings(IReadOnlyList<string> Checked, IReadOnlyList<Violation> Violations)
{
    public bool Hold => Violations.Count == 0;

    /// <summary>A line for each rule, and the culprits below those that do not hold.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var name in Checked)
        {
            var violation = Violations.FirstOrDefault(violation => violation.Name == name);
            text.AppendLine(violation is null ? $"  holds   {name}" : $"  BROKEN  {name}: {violation.Count} against the rule that {violation.Says}");
            foreach (var culprit in violation?.Culprits ?? []) text.AppendLine($"            {culprit}");
            if (violation?.Count > violation?.Culprits.Count) text.AppendLine($"            … and {violation!.Count - violation.Culprits.Count} more");
        }

        return text.ToString();
    }
}
