using Microsoft.AspNetCore.Mvc;
using Shared.Kernel;
using Yarp.ReverseProxy.Forwarder;

namespace Host;

/// <summary>Says which module is away (503) or too slow (504). What the client itself did wrong keeps the status that YARP gave it.</summary>
internal sealed class Away(RequestDelegate next, Topology topology, IProblemDetailsService problems)
{
    public async Task InvokeAsync(HttpContext context)
    {
        await next(context);

        if (context.GetForwarderErrorFeature() is not { Error: not (ForwarderError.RequestBodyClient or ForwarderError.RequestCreation) } failure
            || context.Response.HasStarted || context.RequestAborted.IsCancellationRequested) return;

        var module = context.GetRouteModel().Config.ClusterId!;
        var slow = context.Response.StatusCode == StatusCodes.Status504GatewayTimeout && !WasNotReached(failure);
        context.Response.StatusCode = slow ? StatusCodes.Status504GatewayTimeout : StatusCodes.Status503ServiceUnavailable;
        if (!slow) context.Response.Headers.RetryAfter = "2";
        var problem = new ProblemDetails
        {
            Status = context.Response.StatusCode,
            Detail = slow
                ? $"The module '{module}' did not answer within {topology.Timeout.TotalSeconds:0.#} seconds; what was asked may still be done. Repeat it with the same Idempotency-Key."
                : $"The module '{module}' is away: try again after the seconds in the header Retry-After.",
        };
        problem.Extensions["code"] = slow ? "module.slow" : "module.away";
        await problems.WriteAsync(new ProblemDetailsContext { HttpContext = context, ProblemDetails = problem });
    }

    /// <summary>No connection came about in time, which YARP reports as a time-out like any other.</summary>
    public static bool WasNotReached(IForwarderErrorFeature failure) =>
        failure.Error == ForwarderError.RequestTimedOut && failure.Exception is OperationCanceledException { InnerException: TimeoutException };
}
