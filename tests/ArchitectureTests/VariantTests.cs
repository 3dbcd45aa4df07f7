using System.Text.RegularExpressions;

namespace ArchitectureTests;

/// <summary>The wrong variants of <c>./modular prove</c>, which takes too long for every run: each is still one of this program, and its test is there.</summary>
public sealed partial class VariantTests
{
    public static TheoryData<string> Variants => [.. Directory.EnumerateFiles(Path.Combine(Shop.Root, "tests/prove"), "*.patch").Select(file => Path.GetFileNameWithoutExtension(file)!).Order()];

    [Theory, MemberData(nameof(Variants))]
    public void what_it_changes_is_in_the_source_as_it_is(string variant)
    {
        var lines = File.ReadAllLines(Path.Combine(Shop.Root, $"tests/prove/{variant}.patch"));
        var (source, before) = ("", new List<string>());
        Assert.Contains(lines, line => line.StartsWith("@@", StringComparison.Ordinal));

        foreach (var line in lines.SkipWhile(line => !line.StartsWith("diff ", StringComparison.Ordinal)).Append("diff "))
        {
            if (line.StartsWith("+++ b/", StringComparison.Ordinal)) source = File.ReadAllText(Path.Combine(Shop.Root, line["+++ b/".Length..]));
            else if (line.StartsWith("@@", StringComparison.Ordinal) || line.StartsWith("diff ", StringComparison.Ordinal))
            {
                Assert.Contains(string.Join('\n', before), source, StringComparison.Ordinal);
                before.Clear();
            }
            else if (source.Length > 0 && line.Length > 0 && line[0] is ' ' or '-' && !line.StartsWith("--- ", StringComparison.Ordinal)) before.Add(line[1..]);
        }
    }

    [Theory, MemberData(nameof(Variants))]
    public void the_test_that_must_notice_it_is_there(string variant)
    {
        var named = Named().Match(File.ReadAllText(Path.Combine(Shop.Root, $"tests/prove/{variant}.patch")));
        Assert.True(named.Success, $"{variant}.patch says no 'Test: PROJECT CLASS.METHOD'.");
        var project = Directory.EnumerateFiles(Shop.Root, $"{named.Groups["project"].Value}.csproj", SearchOption.AllDirectories).Single();

        Assert.Contains(Directory.EnumerateFiles(Path.GetDirectoryName(project)!, "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText),
            code => code.Contains($"class {named.Groups["class"].Value}", StringComparison.Ordinal) && code.Contains($" {named.Groups["method"].Value}(", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^Test: (?<project>\S+) (?<class>\w+)\.(?<method>\w+)$", RegexOptions.Multiline)]
    private static partial Regex Named();
}
