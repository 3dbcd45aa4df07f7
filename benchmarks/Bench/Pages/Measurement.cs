namespace Bench;

/// <summary>What one run of a benchmark found: all that the page shows.</summary>
/// <param name="Name">Of the command and the page's file.</param>
/// <param name="Reference">The variant of which the others are multiples.</param>
/// <param name="Settings">What one must know to read the figures, a sentence each.</param>
/// <param name="Details">More than the table holds, such as the statements on which the time goes.</param>
internal sealed record Measurement(
    string Name, string Title, string Reference, IReadOnlyList<Measure> Measures, Results Results, IReadOnlyList<Goal> Goals, IReadOnlyList<string> Settings, string Details = "");
