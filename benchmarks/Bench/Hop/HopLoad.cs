using System.Diagnostics;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Bench;

/// <summary>The load, inside the variant's own process as a module's business is: two endpoints by which the benchmark asks for it.</summary>
internal static class HopLoad
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Commits that many events in one transaction.</summary>
    public delegate Task Publish(IServiceProvider services, int events);

    public sealed record Throughput(double Seconds);

    public sealed record Latency(double P50, double P99);

    public static void Map(IEndpointRouteBuilder routes, Publish publish)
    {
        routes.MapPost("/throughput", async (int events, int publishers, int batch, IServiceProvider services) =>
        {
            Arrivals.Expect(events);
            var begin = Stopwatch.GetTimestamp();
            var left = events / batch;
            await Task.WhenAll(Enumerable.Range(0, publishers).Select(_ => Task.Run(async () =>
            {
                while (Interlocked.Decrement(ref left) >= 0) await publish(services, batch);
            })));
            await Arrivals.AllAsync(Patience);
            return new Throughput(Stopwatch.GetElapsedTime(begin).TotalSeconds);
        }).AllowAnonymous();

        routes.MapPost("/latency", async (int events, int pause, IServiceProvider services) =>
        {
            Arrivals.Expect(events);
            for (var i = 0; i < events; i++)
            {
                await publish(services, 1);
                await Task.Delay(pause);
            }

            var latencies = await Arrivals.AllAsync(Patience);
            return new Latency(Spread.Quantile(latencies, 0.5), Spread.Quantile(latencies, 0.99));
        }).AllowAnonymous();
    }

    /// <summary>For the variants whose process has nothing else.</summary>
    public static async Task RunAsync(WebApplication application, Publish publish)
    {
        application.MapGet("/health/ready", () => "ready");
        Map(application.MapGroup(HopVariant.Path), publish);
        await application.RunAsync();
    }
}
