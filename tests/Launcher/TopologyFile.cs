using System.Text.Json;
using System.Text.Json.Nodes;
using Shared.Kernel;

namespace Launcher;

/// <summary>
/// topology.json in the data folder: what runs where, in the form of settings, for the commands <c>topology</c> and <c>messages</c>; and, for the next start, which carriers may hold messages.
/// Holds passwords: its owner's only. The lock beside it says that a launcher runs.
/// </summary>
internal sealed class TopologyFile : IDisposable
{
    private const string Undrained = "Undrained";

    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, IndentSize = 2 };

    private readonly Lock _writing = new();
    private readonly string _path;
    private readonly FileStream _lock;

    private TopologyFile(string path, FileStream held)
    {
        (_path, _lock) = (path, held);
        Last = File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path))!.AsObject() : [];
    }

    private JsonObject Last { get; set; }

    /// <summary>Carriers in which messages may have been left.</summary>
    public IReadOnlyList<Carrier> LeftIn => [.. (Last[Undrained] as JsonArray ?? []).Select(name => Enum.Parse<Carrier>((string)name!))];

    /// <exception cref="LaunchException">Another launcher has the folder.</exception>
    public static TopologyFile Take(string data)
    {
        Directory.CreateDirectory(data);
        try
        {
            return new TopologyFile(Path.Combine(data, "topology.json"), new FileStream(Path.Combine(data, "topology.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            throw new LaunchException($"Another ./modular run has the data in {data}: a data folder serves one shop at a time. Stop that one, or name another folder by Data=….");
        }
    }

    public void Write(IReadOnlyDictionary<string, string?> settings, IEnumerable<HostRun> hosts, Func<string, IReadOnlyList<string>> modulesOf, IEnumerable<Carrier> undrained)
    {
        var now = new JsonObject { [Undrained] = Names(undrained), ["Launcher"] = Environment.ProcessId };
        foreach (var (name, value) in settings) now[name] = value;
        now["Hosts"] = new JsonArray([.. hosts.Select(host => new JsonObject
        {
            ["Name"] = host.Name, ["Process"] = host.Process, ["Modules"] = string.Join(',', modulesOf(host.Name)), ["Address"] = $"{host.Address}", ["Log"] = host.Log,
        })]);
        Write(now);
    }

    /// <summary>Once all hosts have stopped.</summary>
    public void WriteLeft(IEnumerable<Carrier> undrained)
    {
        Last[Undrained] = Names(undrained);
        Write(Last);
    }

    public void Dispose() => _lock.Dispose();

    private static JsonArray Names(IEnumerable<Carrier> carriers) => [.. carriers.Distinct().Select(carrier => (JsonNode)$"{carrier}")];

    // Moved to its place whole: who reads it, or is killed, never meets half of it.
    private void Write(JsonObject now)
    {
        lock (_writing)
        {
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            File.Delete(_path + ".new");
            using (var writer = new StreamWriter(_path + ".new", options)) writer.Write(now.ToJsonString(Layout));
            File.Move(_path + ".new", _path, overwrite: true);
            Last = now;
        }
    }
}

/// <summary>The shop does not run, or no longer; the text names the thing, the rule and the way out.</summary>
internal sealed class LaunchException(string message) : Exception(message);
