using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Mvc;
using Shared.Kernel;
using Yarp.ReverseProxy.Forwarder;

namespace Host;

/// <summary>Forwards requests for modules in other hosts. Those hosts check the token again; trace context goes along.</summary>
internal static class Gateway
{
    private static readonly ForwarderRequestConfig Patience = new() { ActivityTimeout = TimeSpan.FromSeconds(60) };

    public static void Map(WebApplication front, Topology topology)
    {
        if (!topology.Gateway || topology.Elsewhere.Count == 0) return;

        var forwarder = front.Services.GetRequiredService<IHttpForwarder>();
        var client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            ActivityHeadersPropagator = new ReverseProxyPropagator(DistributedContextPropagator.Current),
        });

        foreach (var (module, address) in topology.Elsewhere)
            front.Map($"/v1/{module}/{{**rest}}", async (HttpContext context, IProblemDetailsService problems) =>
            {
                var error = await forwarder.SendAsync(context, address.ToString(), client, Patience);
                if (error == ForwarderError.None || context.Response.HasStarted || context.RequestAborted.IsCancellationRequested) return;

                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                context.Response.Headers.RetryAfter = "2";
                var problem = new ProblemDetails { Status = 503, Detail = $"The module '{module}' is away: try again after the seconds in the header Retry-After." };
                problem.Extensions["code"] = "module.away";
                await problems.WriteAsync(new ProblemDetailsContext { HttpContext = context, ProblemDetails = problem });
            }).DisableHttpMetrics().ExcludeFromDescription();
    }
}
