using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Wolverine.Util;

namespace Shared.Kernel;

/// <summary>
/// What a message is called between modules, for ever: <c>orders.order-placed.v1</c>, from the module and the record's name; <c>OrderPlacedV2</c> is
/// <c>orders.order-placed.v2</c>. No .NET type name is ever on the wire, so that code may move, and Contracts need no package to say it.
/// </summary>
internal sealed partial class WireName : IMessageTypeNaming
{
    private static readonly ConcurrentDictionary<Type, string> Names = new();

    /// <summary>Records the name of a module's event or own work, before Wolverine asks for it.</summary>
    public static string Declare(Type message)
    {
        var match = Versioned().Match(message.Name);
        var name = $"{ModuleOf(message)}.{Words().Replace(match.Groups["name"].Value, "-$1").TrimStart('-').ToLowerInvariant()}.v{(match.Groups["version"].Success ? match.Groups["version"].Value : "1")}";
        return Names.GetOrAdd(message, name);
    }

    /// <summary>The module that a message belongs to, by the first part of its namespace: <c>Orders.Contracts</c> is of <c>orders</c>.</summary>
    private static string ModuleOf(Type message) => message.Namespace!.Split('.')[0].ToLowerInvariant();

    public bool TryDetermineName(Type messageType, out string messageTypeName)
    {
        var known = Names.TryGetValue(messageType, out var name);
        messageTypeName = name!;
        return known;
    }

    [GeneratedRegex("^(?<name>.*?)(V(?<version>[0-9]+))?$")]
    private static partial Regex Versioned();

    [GeneratedRegex("([A-Z])")]
    private static partial Regex Words();
}
