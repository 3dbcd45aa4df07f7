using System.Diagnostics;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Shared.Kernel;

/// <summary>The host's one Kestrel and what is common to all its modules, done once: request id, access log, token check, health, metrics.</summary>
internal static partial class Front
{
    /// <summary>Bytes of any request's body; modules set lower limits.</summary>
    private const long LargestBody = 30_000_000;

    public static void Add(WebApplicationBuilder builder, Topology topology)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
        });
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(20));
        builder.Services.AddSingleton(topology);
        builder.Services.AddProblemDetails(Problems.Customize);
        builder.Services.AddHttpClient();
        Telemetry.Add(builder);
        Tokens.Add(builder.Services, builder.Configuration, topology);
    }

    public static void Use(WebApplication front, IReadOnlyList<ModuleApplication> modules, Topology topology)
    {
        var (log, authority) = (front.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Modular.Access"), front.Services.GetRequiredService<Tokens.Authority>());
        front.Use(Untrusted.Drop);
        front.Use(async (context, next) =>
        {
            var id = Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;
            // Last, or an answer from another host would bring a second one.
            context.Response.OnStarting(() => Task.FromResult(context.Response.Headers["X-Request-Id"] = id));
            var start = Stopwatch.GetTimestamp();
            await next(context);
            LogAccess(log, context.Request.Method, context.Request.Path, context.Response.StatusCode, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        });
        front.UseMiddleware<Problems>();
        front.UseStatusCodePages();
        front.UseRouting();
        front.Use((context, next) => authority.Front is null ? throw new IssuerAwayException(null, "This host is still starting.") : next(context));
        front.UseAuthentication();
        front.UseAuthorization();

        foreach (var module in modules)
            foreach (var version in ModulePipeline.Versions)
                front.Map($"/{version}/{module.Module.Name}/{{**rest}}", (HttpContext context) => module.Server.EnterAsync(context)).DisableHttpMetrics().ExcludeFromDescription();

        front.MapGet("/health/live", () => Results.Ok(new { status = "live" }));
        front.MapGet("/health/ready", async (CancellationToken ct) =>
        {
            var answers = await Task.WhenAll(modules.Select(async module => (module.Module.Name, Fault: await module.FaultAsync(ct))));
            return Results.Json(answers.ToDictionary(answer => answer.Name, answer => answer.Fault ?? "ready"), statusCode: answers.All(answer => answer.Fault is null) ? 200 : 503);
        });
        front.MapGet("/health/ready/{name}", async (string name, CancellationToken ct) =>
            modules.SingleOrDefault(module => module.Module.Name == name) is not { } asked ? Results.NotFound()
            : await asked.FaultAsync(ct) is { } fault ? Results.Json(fault, statusCode: 503)
            : Results.Ok("ready"));
        front.MapPrometheusScrapingEndpoint("/metrics");
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Method} {Path} {Status} in {Milliseconds:0.0} ms")]
    private static partial void LogAccess(ILogger logger, string method, string path, int status, double milliseconds);
}
