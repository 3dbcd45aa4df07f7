using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http.Features;
using Shared.Kernel;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Host;

/// <summary>
/// Which instances of a module a request may go to, and whether it may be sent again when one does not answer: only what is safe and has no body, twice at most,
/// and never to an instance that has just failed it, unless there is no other; then once more after a pause.
/// </summary>
internal sealed class Attempts(RequestDelegate next, Topology topology, IActiveHealthCheckMonitor monitor)
{
    private const int MostRetries = 2;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    private readonly ConcurrentDictionary<ClusterState, Task> _probes = new();

    public async Task InvokeAsync(HttpContext context)
    {
        var proxy = context.GetReverseProxyFeature();
        var cluster = context.GetRouteModel().Cluster!;
        var canary = WantsCanary(context, cluster.ClusterId);
        var tried = new HashSet<DestinationState>();
        var again = false;
        // Without a body, even an empty one, HttpClient itself would send it again when a used connection is closed under it.
        if (!IsSafe(context.Request) && !HasBody(context)) context.Request.ContentLength = 0;

        for (var retries = 0; ; retries++)
        {
            var chosen = Choose(proxy.AllDestinations, canary, instance => IsUsable(instance) && !tried.Contains(instance));
            if (chosen.Length == 0 && !again)
            {
                again = retries > 0;
                if (again) await Task.Delay(Pause, context.RequestAborted);
                await ProbeAsync(cluster).WaitAsync(context.RequestAborted);
                chosen = Choose(proxy.AllDestinations, canary, instance => instance.Health.Active == DestinationHealth.Healthy);
            }

            if (chosen.Length == 0 && retries > 0) return;

            // The failed attempt's.
            context.Response.StatusCode = StatusCodes.Status200OK;
            context.Features.Set<IForwarderErrorFeature>(null);

            proxy.AvailableDestinations = chosen;
            await next(context);
            if (retries == MostRetries || !MayBeRepeated(context)) return;

            tried.Add(proxy.ProxiedDestination!);
        }
    }

    private bool WantsCanary(HttpContext context, string module) =>
        topology.Canaries.TryGetValue(module, out var canary) && context.Request.Headers[canary.Header].ToString().ToUpperInvariant() switch
        {
            "ALWAYS" or "TRUE" => true,
            "NEVER" => false,
            _ => Random.Shared.Next(100) < canary.Weight,
        };

    /// <summary>Stable instances stand in for canaries, never the other way round.</summary>
    private static DestinationState[] Choose(IReadOnlyList<DestinationState> all, bool canary, Func<DestinationState, bool> usable)
    {
        DestinationState[] canaries = canary ? [.. all.Where(instance => Routes.IsCanary(instance) && usable(instance))] : [];
        return canaries.Length > 0 ? canaries : [.. all.Where(instance => !Routes.IsCanary(instance) && usable(instance))];
    }

    private static bool IsUsable(DestinationState instance) =>
        instance.Health.Active != DestinationHealth.Unhealthy && instance.Health.Passive != DestinationHealth.Unhealthy;

    /// <summary>Requests that find nobody ask all instances at once, together: so one that has just started is found by the first request.</summary>
    private Task ProbeAsync(ClusterState cluster) =>
        _probes.AddOrUpdate(cluster, Start, (known, running) => running.IsCompleted ? Start(known) : running);

    private Task Start(ClusterState cluster) => monitor.CheckHealthAsync([cluster]);

    private static bool MayBeRepeated(HttpContext context) =>
        IsSafe(context.Request) && !HasBody(context) && !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested
        && context.GetForwarderErrorFeature() is { } failure
        && (failure.Error is ForwarderError.Request or ForwarderError.ResponseBodyDestination || Away.WasNotReached(failure));

    private static bool IsSafe(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method);

    private static bool HasBody(HttpContext context) => context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false };
}
