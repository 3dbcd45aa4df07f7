using System.Reflection;
using System.Text.RegularExpressions;
using Shared.Kernel;

namespace ArchitectureTests;

public sealed partial class NameTests
{
    [Fact]
    public void modules_json_says_what_the_code_says() =>
        Assert.Equal(Manifest.Of(Shop.Instances).ToJson(), File.ReadAllText(Path.Combine(Shop.Root, "src/Host/modules.json")));

    [Fact]
    public void every_reaction_in_a_module_is_declared()
    {
        foreach (var module in Shop.Instances)
        {
            var messages = new MessageMap();
            module.Messages(messages);
            var written = module.GetType().Assembly.GetTypes().Where(type => type is { IsAbstract: true, IsSealed: true } && type.Name.StartsWith("When", StringComparison.Ordinal));

            Assert.Empty(written.Except(messages.Reactions.Select(reaction => reaction.Handler)));
        }
    }

    [Fact]
    public void events_are_facts_of_their_own_module_in_the_past_tense()
    {
        foreach (var module in Shop.Instances)
        {
            var messages = new MessageMap();
            module.Messages(messages);

            // Of its dead letters every module tells by the kernel's one event.
            Assert.All(messages.Published.Except([typeof(DeadLettersNoticed)]), message => Assert.Equal($"{module.GetType().Namespace}.Contracts", message.Namespace));
            Assert.All(messages.Published, message => Assert.Matches(PastTense(), message.Name));
        }
    }

    [Fact]
    public void destinations_are_named_once_in_kebab_case()
    {
        foreach (var module in Manifest.Of(Shop.Instances).Modules)
        {
            var destinations = module.ReactsTo.Concat(module.Does).Select(reaction => reaction.Destination).ToArray();

            Assert.All(destinations, destination => Assert.Matches(Kebab(), destination));
            Assert.Distinct(destinations);
        }
    }

    [Fact]
    public void nothing_is_called_manager_helper_service_impl_base_or_util()
    {
        var types = Shop.Modules.Concat(Shop.Contracts).Append(Shop.Kernel).SelectMany(assembly => assembly.GetTypes())
            // What the .proto's generator calls Base is not ours to name.
            .Where(type => !type.IsDefined(typeof(Grpc.Core.BindServiceMethodAttribute)))
            .Where(type => type.Namespace is { } space && (space == "Shared.Kernel" || Shop.Names.Contains(space.Replace(".Contracts", "", StringComparison.Ordinal))));

        Assert.DoesNotContain(types, type => Vague().IsMatch(type.Name));
    }

    [Fact]
    public void a_module_s_public_types_are_only_what_must_be_seen()
    {
        foreach (var assembly in Shop.Modules)
        {
            var handlers = assembly.GetExportedTypes().Where(type => type.GetInterfaces().Any(implemented => implemented.Name is "ICommandHandler`2" or "IQueryHandler`2"));

            Assert.All(handlers, handler => Assert.True(handler.IsNestedPublic && !handler.DeclaringType!.IsVisible, $"{handler.FullName} is visible outside of its module."));
        }
    }

    [Fact]
    public void a_file_is_read_at_one_sitting()
    {
        var long_files = Directory.EnumerateFiles(Path.Combine(Shop.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .Select(file => (file, Lines: File.ReadLines(file).Count()))
            .Where(file => file.Lines > 250);

        Assert.Empty(long_files);
    }

    [Fact]
    public void the_kernel_is_read_in_an_evening()
    {
        var lines = Directory.EnumerateFiles(Path.Combine(Shop.Root, "src/Shared.Kernel"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .Sum(file => File.ReadLines(file).Count());

        Assert.InRange(lines, 1, 4500);
    }

    [GeneratedRegex("(ed|Low|Lost|Reserved|Withdrawn)(V[0-9]+)?$")]
    private static partial Regex PastTense();

    [GeneratedRegex("^[a-z]+(-[a-z]+)*$")]
    private static partial Regex Kebab();

    [GeneratedRegex("(Manager|Helper|Service|Impl|Base|Util|Utils)$")]
    private static partial Regex Vague();
}
