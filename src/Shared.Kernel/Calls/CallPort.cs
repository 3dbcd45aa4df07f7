using Grpc.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Shared.Kernel;

/// <summary>Where modules in other hosts ask the modules here: HTTP/2 without TLS wants a port of its own. Nothing else is there but gRPC health and, in development, reflection.</summary>
internal static class CallPort
{
    public static async Task<WebApplication> OpenAsync(Uri address, IReadOnlyList<ModuleApplication> modules, ModuleSurroundings surroundings, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [.. ModularHost.SettingsOnce], EnvironmentName = surroundings.Environment, ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create("urls", (string?)address.ToString())]);
        builder.Services.AddSingleton(surroundings.Logging);
        builder.Services.RemoveAll<IHostLifetime>();
        builder.Services.AddSingleton<IHostLifetime, ModuleApplication.NoLifetime>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ConfigureEndpointDefaults(listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddGrpc();
        var health = builder.Services.AddGrpcHealthChecks(grpc =>
        {
            grpc.Services.Map("", _ => true);
            foreach (var module in modules) grpc.Services.Map(module.Module.Name, check => check.Name == module.Module.Name);
        });
        foreach (var module in modules)
            health.AddAsyncCheck(module.Module.Name, async ct => await module.FaultAsync(ct) is { } fault ? HealthCheckResult.Unhealthy(fault) : HealthCheckResult.Healthy());
        var services = modules.SelectMany(module => CallMap.Of(module.Module).Answered).ToArray();
        builder.Services.AddSingleton(new ReflectionServiceImpl(services));
        builder.Services.AddSingleton(new ReflectionV1ServiceImpl(services));

        var port = builder.Build();
        port.MapGrpcHealthChecksService();
        if (port.Environment.IsDevelopment())
        {
            port.MapGrpcService<ReflectionServiceImpl>();
            port.MapGrpcService<ReflectionV1ServiceImpl>();
        }

        foreach (var module in modules)
            foreach (var service in CallMap.Of(module.Module).Answered)
                port.Map($"/{service.FullName}/{{method}}", (HttpContext context) => module.Server.EnterAsync(context)).DisableHttpMetrics();
        await port.StartAsync(cancellation);
        return port;
    }
}
