using Shared.Kernel;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace Host;

/// <summary>YARP's routes and clusters, one for each module of the manifest that is elsewhere, named like it.</summary>
internal static class Routes
{
    private const string Canary = "canary-";

    public static InMemoryConfigProvider To(Topology topology, Manifest manifest)
    {
        var modules = manifest.Modules.Select(module => module.Name).Where(topology.Elsewhere.ContainsKey).ToArray();
        return new InMemoryConfigProvider(
            [.. from module in modules
                from version in ModulePipeline.Versions
                select new RouteConfig { RouteId = $"{version}-{module}", ClusterId = module, Match = new RouteMatch { Path = $"/{version}/{module}/{{**rest}}" } }],
            [.. modules.Select(module => Cluster(topology, module))]);
    }

    public static bool IsCanary(DestinationState destination) => destination.DestinationId.StartsWith(Canary, StringComparison.Ordinal);

    private static ClusterConfig Cluster(Topology topology, string module) => new()
    {
        ClusterId = module,
        LoadBalancingPolicy = LoadBalancingPolicies.PowerOfTwoChoices,
        Destinations = Named("stable-", topology.Elsewhere[module])
            .Concat(Named(Canary, topology.Canaries.GetValueOrDefault(module)?.Addresses ?? []))
            .ToDictionary(destination => destination.Name, destination => new DestinationConfig { Address = destination.Address.AbsoluteUri }),
        HttpRequest = new ForwarderRequestConfig { ActivityTimeout = topology.Timeout },
        HealthCheck = new HealthCheckConfig
        {
            AvailableDestinationsPolicy = HealthCheckConstants.AvailableDestinations.HealthyAndUnknown,
            // Longer than the two seconds after which a module says that its database is away.
            Active = new ActiveHealthCheckConfig { Enabled = true, Policy = HealthCheckConstants.ActivePolicy.ConsecutiveFailures, Path = $"/health/ready/{module}", Interval = topology.Probes, Timeout = TimeSpan.FromSeconds(3) },
            // Long enough for two probes, by which an instance that is dead is known to be.
            Passive = new PassiveHealthCheckConfig { Enabled = true, Policy = HealthCheckConstants.PassivePolicy.TransportFailureRate, ReactivationPeriod = 3 * topology.Probes },
        },
    };

    private static IEnumerable<(string Name, Uri Address)> Named(string kind, IReadOnlyList<Uri> addresses) => addresses.Select((address, i) => ($"{kind}{i + 1}", address));
}
