using Shared.Kernel;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Transforms;

namespace Host;

/// <summary>Forwards requests for modules in other hosts by YARP. Those hosts check the token again; trace context goes along.</summary>
internal static class Gateway
{
    /// <summary>Bytes of a body above which the module is asked first (Expect: 100-continue); below, a module's limit is not reached and a round trip would be wasted.</summary>
    private const long LargeBody = 65_536;

    public static void Add(WebApplicationBuilder builder, Manifest manifest)
    {
        builder.Services.AddReverseProxy()
            .ConfigureHttpClient((_, handler) => handler.ConnectTimeout = handler.Expect100ContinueTimeout = TimeSpan.FromSeconds(5))
            .AddTransforms(route =>
            {
                // As in process, a module sees the address that the client asked. Over TLS the certificate names the destination's own.
                route.AddOriginalHost();
                route.AddRequestTransform(request =>
                {
                    if (request.DestinationPrefix.StartsWith("https:", StringComparison.Ordinal)) request.ProxyRequest.Headers.Host = null;
                    // A module that refuses a body hangs up on it: what was sent of it unasked would take the answer along.
                    if (request.HttpContext.Request.ContentLength > LargeBody) request.ProxyRequest.Headers.ExpectContinue = true;
                    return default;
                });
                route.AddXForwarded(ForwardedTransformActions.Set);
                route.AddResponseHeaderRemove("Server", ResponseCondition.Always);
                route.AddResponseHeaderRemove("X-Powered-By", ResponseCondition.Always);
            });
        builder.Services.AddSingleton<IProxyConfigProvider>(services => Routes.To(services.GetRequiredService<Topology>(), manifest));
        // One failed connection is enough to spare an instance for a while; when none is left, Attempts asks them all anew.
        builder.Services.Configure<TransportFailureRateHealthPolicyOptions>(failures =>
        {
            failures.DetectionWindowSize = TimeSpan.FromSeconds(1);
            failures.MinimalTotalCountThreshold = 1;
            failures.DefaultFailureRateLimit = 0.01;
        });
        // A line for every probe of a module that is away; that its health has changed is logged elsewhere.
        builder.Logging.AddFilter("Yarp.ReverseProxy.Health.ActiveHealthCheckMonitor", LogLevel.Error);
    }

    public static void Map(WebApplication front, Topology topology)
    {
        if (!topology.Gateway || topology.Elsewhere.Count == 0) return;

        front.MapReverseProxy(proxy =>
        {
            proxy.UseMiddleware<Away>();
            proxy.UseMiddleware<Attempts>();
            proxy.UseLoadBalancing();
            proxy.UsePassiveHealthChecks();
        }).DisableHttpMetrics().ExcludeFromDescription();
    }
}
