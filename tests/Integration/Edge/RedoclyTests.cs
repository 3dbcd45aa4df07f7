using Shared.Testing;

namespace Integration;

/// <summary>Somebody else's rules for OpenAPI documents. Its packages are large: with <c>./modular test --all</c> only.</summary>
[Trait(Topologies.Runs, Topologies.Long)]
public sealed class RedoclyTests
{
    [Theory, InlineData("v1"), InlineData("v2")]
    public async Task redocly_has_neither_an_error_nor_a_warning_to_name(string version)
    {
        var program = Path.Combine(Node.Root, "tests/Interop/redocly/node_modules/@redocly/cli/bin/cli.js");
        Assert.True(File.Exists(program), $"{program} is missing: './modular test --all' fetches it, or npm ci in tests/Interop/redocly.");
        await using var shop = await Shop.StartAsync(TopologyUnderTest.Parse("all-in-one"));
        using var http = new HttpClient { BaseAddress = shop.Address };
        using var folder = OwnFolder.Create("redocly");
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "openapi.json"), await http.GetByteArrayAsync($"/openapi/{version}.json"));

        var told = await ChildProcess.RunAsync(new("node", [program, "lint", "openapi.json", "--extends=recommended", "--format=summary"])
        {
            WorkingFolder = folder.Path,
            // It speaks to nobody.
            Environment = new Dictionary<string, string?> { ["REDOCLY_TELEMETRY"] = "off", ["REDOCLY_SUPPRESS_UPDATE_NOTICE"] = "true", ["NO_COLOR"] = "1" },
        });

        Assert.Contains("Your API description is valid", told, StringComparison.Ordinal);
        Assert.DoesNotMatch("[1-9][0-9]* (warning|error)", told);
    }
}
