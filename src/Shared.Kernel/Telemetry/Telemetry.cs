using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Shared.Kernel;

/// <summary>Traces, metrics and logs, configured once per process whatever the number of modules: listeners are process-wide.</summary>
internal static class Telemetry
{
    public static readonly ActivitySource Source = new("Modular");

    public static void Add(WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        if (builder.Configuration["Logging:Format"] == "Text") builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        else
            builder.Logging.AddJsonConsole(console =>
            {
                console.IncludeScopes = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            });
        // It warns that it found no handlers to generate code for: reactions are registered one by one.
        builder.Logging.AddFilter("Wolverine.Configuration.HandlerDiscovery", LogLevel.Error);
        // It would log the parameters of a failed statement, which hold personal data; what failed is logged by who catches the exception.
        builder.Logging.AddFilter("Marten", LogLevel.None);
        builder.Logging.AddFilter("Shared.Kernel.FromFront", LogLevel.Warning);
        builder.Logging.Configure(logging => logging.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);

        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("modular"))
            .WithTracing(traces => traces
                .AddSource(Source.Name, "Wolverine")
                .AddNpgsql()
                .AddHttpClientInstrumentation(http => http.FilterHttpRequestMessage = request => request.RequestUri?.AbsolutePath.StartsWith("/health", StringComparison.Ordinal) != true)
                .AddAspNetCoreInstrumentation(http => http.Filter = context => context.Request.Path.StartsWithSegments("/v1") || context.Request.ContentType == "application/grpc"))
            .WithMetrics(metrics => metrics
                .AddMeter("Modular", "Wolverine*", "Npgsql")
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation()
                .AddPrometheusExporter());

        if (builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is not null) telemetry.UseOtlpExporter();
    }
}
