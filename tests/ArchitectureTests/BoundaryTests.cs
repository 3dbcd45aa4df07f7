using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using NetArchTest.Rules;
using Shared.Kernel;

namespace ArchitectureTests;

public sealed partial class BoundaryTests
{
    public static TheoryData<string> ModuleNames => [.. Shop.Names];

    [Theory, MemberData(nameof(ModuleNames))]
    public void a_module_references_of_other_modules_only_their_contracts(string module)
    {
        var others = Shop.Names.Where(name => name != module);

        var references = Assembly.Load(module).GetReferencedAssemblies().Select(reference => reference.Name).ToArray();

        Assert.Empty(references.Intersect(others));
    }

    [Theory, MemberData(nameof(ModuleNames))]
    public void a_module_uses_no_type_of_another_module(string module)
    {
        foreach (var other in Shop.Names.Where(name => name != module))
        {
            // NetArchTest compares by prefix, so that Orders.Contracts would count as Orders: the types are named.
            var inside = Assembly.Load(other).GetTypes().Where(type => type.Namespace == other).Select(type => type.FullName!.Replace('+', '/')).ToArray();

            Obeys(Types.InAssembly(Assembly.Load(module)).ShouldNot().HaveDependencyOnAny(inside));
        }
    }

    [Theory, MemberData(nameof(ModuleNames))]
    public void contracts_reference_nothing_but_the_framework_and_grpc_where_a_proto_is(string module)
    {
        var project = ProjectOf($"{module}.Contracts");
        string[] allowed = Directory.EnumerateFiles(Path.GetDirectoryName(project)!, "*.proto").Any() ? ["Google.Protobuf", "Grpc.Core.Api", "Grpc.Tools"] : [];

        var references = Assembly.Load($"{module}.Contracts").GetReferencedAssemblies().Select(reference => reference.Name!);
        var packages = XDocument.Load(project).Descendants().Where(element => element.Name.LocalName is "PackageReference" or "ProjectReference").Select(element => (string)element.Attribute("Include")!);

        Assert.DoesNotContain(references, reference => !reference.StartsWith("System", StringComparison.Ordinal) && !allowed.Contains(reference));
        Assert.Empty(packages.Except(allowed));
    }

    [Fact]
    public void the_kernel_knows_no_module()
    {
        var references = Shop.Kernel.GetReferencedAssemblies().Select(reference => reference.Name!.Split('.')[0]);

        Assert.Empty(references.Intersect(Shop.Names));
    }

    [Theory, MemberData(nameof(ModuleNames))]
    public void a_module_touches_neither_the_bare_bus_nor_a_broker_nor_a_channel(string module) =>
        Obeys(Types.InAssembly(Assembly.Load(module)).ShouldNot().HaveDependencyOnAny("Wolverine", "RabbitMQ", "Grpc.Net"));

    [Theory, MemberData(nameof(ModuleNames))]
    public void a_module_never_commits(string module)
    {
        var commits = SourcesOf(module).Where(source => File.ReadAllText(source).Contains("SaveChanges", StringComparison.Ordinal));

        Assert.Empty(commits);
    }

    [Theory, MemberData(nameof(ModuleNames))]
    public void a_module_names_no_other_module_s_schema(string module)
    {
        var others = string.Join('|', Shop.Names.Where(name => name != module).Select(name => name.ToLowerInvariant()));
        var foreign = new Regex($"""\b(from|join|into|update|table|schema|role)\s+"?({others})"?\s*\.""", RegexOptions.IgnoreCase);

        var found = SourcesOf(module).SelectMany(source => foreign.Matches(File.ReadAllText(source)).Select(match => $"{Path.GetFileName(source)}: {match.Value}"));

        Assert.Empty(found);
    }

    [Theory, MemberData(nameof(ModuleNames))]
    public void a_module_makes_no_connection_of_its_own(string module)
    {
        var made = SourcesOf(module).Where(source => NewConnection().IsMatch(File.ReadAllText(source)));

        Assert.Empty(made);
    }

    [Fact]
    public void synchronous_calls_have_no_cycle()
    {
        var calls = Manifest.Of(Shop.Instances).Modules.ToDictionary(module => module.Name, module => module.Calls);

        foreach (var module in calls.Keys) Assert.DoesNotContain(module, Reached(module, []));

        IEnumerable<string> Reached(string from, HashSet<string> seen) => calls[from].Where(seen.Add).SelectMany(to => Reached(to, seen).Prepend(to));
    }

    [Fact]
    public void who_is_asked_does_not_ask()
    {
        var modules = Manifest.Of(Shop.Instances).Modules;

        Assert.NotEmpty(modules.SelectMany(module => module.Calls));
        Assert.Empty(modules.Where(module => module.Calls.Count > 0).Select(module => module.Name).Intersect(modules.SelectMany(module => module.Calls)));
    }

    [Fact]
    public void only_the_kernel_and_the_tests_import_wolverine()
    {
        var files = Directory.EnumerateFiles(Path.Combine(Shop.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/Shared.Kernel/", StringComparison.Ordinal))
            .Where(file => File.ReadAllText(file).Contains("using Wolverine", StringComparison.Ordinal));

        Assert.Empty(files);
    }

    private static void Obeys(ConditionList rule)
    {
        var result = rule.GetResult();
        Assert.True(result.IsSuccessful, string.Join(", ", (result.FailingTypes ?? []).Select(type => type.FullName)));
    }

    private static string ProjectOf(string name) => Directory.EnumerateFiles(Path.Combine(Shop.Root, "src"), $"{name}.csproj", SearchOption.AllDirectories).Single();

    private static IEnumerable<string> SourcesOf(string module) =>
        Directory.EnumerateFiles(Path.GetDirectoryName(ProjectOf(module))!, "*.cs", SearchOption.AllDirectories).Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));

    [GeneratedRegex(@"new NpgsqlConnection\(|NpgsqlDataSource\.Create\(")]
    private static partial Regex NewConnection();
}
