using System.Text;
using Shared.Kernel;

namespace Host;

/// <summary>docs/modules.md: who publishes what, who reacts to it, and who asks whom.</summary>
internal static class ModulesPage
{
    public static string Write(Manifest manifest)
    {
        var page = new StringBuilder("# Modules\n\nWritten from the code by `./modular docs`; a test fails when it is out of date.\n\n```mermaid\nflowchart LR\n");
        var edges = from publisher in manifest.Modules
                    from message in publisher.Publishes
                    from subscriber in manifest.Modules
                    where subscriber.ReactsTo.Any(reaction => reaction.Message == message)
                    group message.Split('.')[1] by (From: publisher.Name, To: subscriber.Name);
        foreach (var edge in edges) page.Append($"  {edge.Key.From} -- \"{string.Join("<br>", edge)}\" --> {edge.Key.To}\n");
        foreach (var caller in manifest.Modules)
            foreach (var callee in caller.Calls) page.Append($"  {caller.Name} -. \"asks\" .-> {callee}\n");
        page.Append("```\n");
        foreach (var module in manifest.Modules)
        {
            page.Append($"\n## {module.Name}\n\n| message | from or to |\n| --- | --- |\n");
            foreach (var message in module.Publishes)
                page.Append($"| publishes `{message}` | {Listed(manifest.Modules.SelectMany(other => other.ReactsTo.Where(reaction => reaction.Message == message).Select(reaction => $"`module://{other.Name}/{reaction.Destination}`")))} |\n");
            foreach (var reaction in module.ReactsTo) page.Append($"| reacts to `{reaction.Message}` | by `module://{module.Name}/{reaction.Destination}` |\n");
            foreach (var callee in module.Calls) page.Append($"| asks `{callee}` | and waits for the answer |\n");
            foreach (var own in module.Does) page.Append($"| does `{own.Message}` later | by `module://{module.Name}/{own.Destination}` |\n");
        }

        return page.ToString();
    }

    private static string Listed(IEnumerable<string> destinations) => destinations.ToArray() is { Length: > 0 } some ? "to " + string.Join(", ", some) : "nobody reacts";
}
