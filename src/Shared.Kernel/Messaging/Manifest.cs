using System.Text.Json;

namespace Shared.Kernel;

/// <summary>
/// modules.json: which module publishes, reacts to and calls what. Written from the code, shipped with every host, and by it a publisher knows its subscribers
/// without naming them in code.
/// </summary>
public sealed record Manifest(IReadOnlyList<ModuleEntry> Modules)
{
    private static readonly JsonSerializerOptions Layout = new(JsonSerializerDefaults.Web) { WriteIndented = true, IndentSize = 2, NewLine = "\n" };

    /// <summary>What the modules' code says now.</summary>
    public static Manifest Of(IEnumerable<Module> modules) => new([.. modules.Select(Entry).OrderBy(entry => entry.Name, StringComparer.Ordinal)]);

    /// <summary>What was written down with the program.</summary>
    public static Manifest Read(string path) =>
        JsonSerializer.Deserialize<Manifest>(File.ReadAllText(path), Layout) ?? throw new InvalidDataException($"{path} is empty: './modular docs' writes it.");

    public string ToJson() => JsonSerializer.Serialize(this, Layout) + "\n";

    /// <summary>The destinations of everybody who reacts to an event.</summary>
    internal IEnumerable<Uri> SubscribersOf(string wireName) =>
        from module in Modules
        from reaction in module.ReactsTo
        where reaction.Message == wireName
        select ModuleTransport.Address(module.Name, reaction.Destination);

    /// <summary>Differences between what is written down and what the module's code says, each a fault.</summary>
    internal IEnumerable<string> FaultsOf(Module module)
    {
        var written = Modules.SingleOrDefault(entry => entry.Name == module.Name);
        if (written is null)
            yield return $"modules.json does not know the module '{module.Name}': write it anew by './modular docs'.";
        else if (JsonSerializer.Serialize(written, Layout) != JsonSerializer.Serialize(Entry(module), Layout))
            yield return $"modules.json says something else about the module '{module.Name}' than its code: write it anew by './modular docs'.";

        var published = Modules.SelectMany(entry => entry.Publishes).ToHashSet();
        foreach (var reaction in Entry(module).ReactsTo.Where(reaction => !published.Contains(reaction.Message)))
            yield return $"{module.Name} reacts to {reaction.Message} by {reaction.Destination}, but no module publishes it. Correct the event in {module.Name}'s Messages or publish it.";
    }

    private static ModuleEntry Entry(Module module)
    {
        var messages = new MessageMap();
        module.Messages(messages);
        return new ModuleEntry(
            module.Name,
            [.. messages.Published.Select(message => WireName.Declare(message)).Order(StringComparer.Ordinal)],
            [.. messages.Reactions.Where(reaction => !reaction.Own).Select(Named).OrderBy(reaction => reaction.Destination, StringComparer.Ordinal)],
            [.. messages.Reactions.Where(reaction => reaction.Own).Select(Named).OrderBy(reaction => reaction.Destination, StringComparer.Ordinal)],
            [.. CallMap.Of(module).Asked.Select(CallMap.ModuleOf).Distinct().Order(StringComparer.Ordinal)]);
    }

    private static ReactionEntry Named(Reaction reaction) => new(WireName.Declare(reaction.Message), reaction.Destination);
}

/// <param name="ReactsTo">Other modules' events.</param>
/// <param name="Does">Its own later work.</param>
/// <param name="Calls">Modules it asks synchronously.</param>
public sealed record ModuleEntry(string Name, IReadOnlyList<string> Publishes, IReadOnlyList<ReactionEntry> ReactsTo, IReadOnlyList<ReactionEntry> Does, IReadOnlyList<string> Calls);

public sealed record ReactionEntry(string Message, string Destination);
