using System.Collections.Concurrent;

namespace Shared.Kernel;

/// <summary>How calls get to a module: without a socket to a neighbour, over HTTP/2 to another host. One per process.</summary>
internal sealed class Switchboard(CallSettings settings, Manifest manifest)
{
    private readonly ConcurrentDictionary<string, ModuleServer> _here = new();

    public CallSettings Settings => settings;

    public void Connect(string module, ModuleServer server) => _here[module] = server;

    public Uri AddressOf(string callee) => settings.Addresses.GetValueOrDefault(callee) ?? new Uri($"http://{callee}");

    public IReadOnlyList<string> CallersOf(string module) => [.. manifest.Modules.Where(entry => entry.Calls.Contains(module)).Select(entry => entry.Name)];

    public HttpMessageHandler WayTo(string callee) => settings.Addresses.ContainsKey(callee)
        ? new SocketsHttpHandler
        {
            UseProxy = false,
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = settings.Attempt,
            KeepAlivePingDelay = TimeSpan.FromSeconds(10),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(5),
        }
        // Looked up when called: there is no order in which neighbours start.
        : new NeighbourHandler(() => _here[callee]);
}
