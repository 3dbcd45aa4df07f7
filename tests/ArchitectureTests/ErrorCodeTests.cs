using System.Text.RegularExpressions;

namespace ArchitectureTests;

public sealed partial class ErrorCodeTests
{
    /// <summary>Clients decide by the code of a problem, so each is written down once: docs/errors.md lists what the source can answer, and nothing else.</summary>
    [Fact]
    public void every_code_that_a_client_can_meet_is_listed_and_no_other()
    {
        var written = Directory.EnumerateFiles(Path.Combine(Shop.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains(".Tests/", StringComparison.Ordinal))
            .SelectMany(file => Refused().Matches(File.ReadAllText(file)))
            .SelectMany(match => match.Groups["code"].Captures.Select(code => code.Value))
            .ToHashSet();
        var listed = Row().Matches(File.ReadAllText(Path.Combine(Shop.Root, "docs/errors.md"))).Select(row => row.Groups[1].Value).ToArray();

        Assert.True(written.Count > 50, "The codes are written in a way that this test does not see.");
        Assert.Distinct(listed);
        Assert.Equal(written.Order(), listed.Order());
    }

    // As the source says them: a refusal thrown or made, a status of the framework's, a fault's own, an extension of a problem.
    [GeneratedRegex("""
        (?:RefusedException\(|NotYours\(|RefusedException\s\w+\([^)]*\)\s*=>\s*new\(|Problem\([0-9]{3},\s|\[[0-9]{3}\]\s=\s\()\s*"(?<code>[a-z-]+(?:\.[a-z-]+)?)"
        |\["code"\]\s=\s(?:\w+\s\?\s)?"(?<code>[a-z.-]+)"(?:\s:\s"(?<code>[a-z.-]+)")?
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Refused();

    [GeneratedRegex(@"^\| `([a-z.-]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
