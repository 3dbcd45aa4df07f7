using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Mvc;
using Shared.Kernel;

namespace Host;

/// <summary>
/// How many requests one caller may make in a window: who is signed in by their subject, all others by their address. Counted by each gateway for itself.
/// The headers are those of draft-ietf-httpapi-ratelimit-headers-10.
/// </summary>
internal sealed class RequestLimit(int requests, TimeSpan window) : IDisposable
{
    private readonly PartitionedRateLimiter<HttpContext> _limiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
        RateLimitPartition.GetFixedWindowLimiter(CallerOf(context), _ => new FixedWindowRateLimiterOptions { PermitLimit = requests, Window = window }));

    private readonly string _policy = string.Create(CultureInfo.InvariantCulture, $"\"caller\";q={requests};w={(int)window.TotalSeconds}");

    public static RequestLimit? Read(IConfiguration configuration, ICollection<string> faults)
    {
        if (configuration["RateLimit:Requests"] is not { } text)
        {
            if (configuration["RateLimit:Window"] is not null) faults.Add("RateLimit:Window is set but RateLimit:Requests is not: say how many requests a caller may make in it, or remove it.");
            return null;
        }

        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var requests) || requests < 1)
            faults.Add($"RateLimit:Requests is '{text}': it must be a number of requests above zero.");
        if (!TimeSpan.TryParse(configuration["RateLimit:Window"] ?? "00:01:00", CultureInfo.InvariantCulture, out var window) || window < TimeSpan.FromSeconds(1) || window > TimeSpan.FromDays(1))
            faults.Add($"RateLimit:Window is '{configuration["RateLimit:Window"]}': it must be a time of 00:00:01 to 1.00:00:00.");
        return faults.Count == 0 ? new RequestLimit(requests, window) : null;
    }

    public async Task Guard(HttpContext context, RequestDelegate next)
    {
        // What orchestrators and monitors ask is no customer's, nor what hosts ask of the issuer.
        if (!ModulePipeline.Versions.Any(version => context.Request.Path.StartsWithSegments("/" + version, StringComparison.Ordinal))
            || Tokens.Published.Any(published => context.Request.Path.StartsWithSegments(published, StringComparison.Ordinal)))
        {
            await next(context);
            return;
        }

        using var lease = _limiter.AttemptAcquire(context);
        context.Response.Headers["RateLimit-Policy"] = _policy;
        context.Response.Headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"caller\";r={_limiter.GetStatistics(context)?.CurrentAvailablePermits ?? 0}");
        if (lease.IsAcquired)
        {
            await next(context);
            return;
        }

        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : window;
        context.Response.StatusCode = (int)HttpStatusCode.TooManyRequests;
        context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        await context.RequestServices.GetRequiredService<IProblemDetailsService>().WriteAsync(new ProblemDetailsContext
        {
            HttpContext = context,
            ProblemDetails = new ProblemDetails
            {
                Status = context.Response.StatusCode,
                Detail = $"More than {requests} requests in {window} are not taken from one caller. Try again after the seconds in the header Retry-After.",
                Extensions = { ["code"] = "too-many-requests" },
            },
        });
    }

    public void Dispose() => _limiter.Dispose();

    private static string CallerOf(HttpContext context) => context.User.FindFirst("sub")?.Value ?? $"{context.Connection.RemoteIpAddress}";
}
