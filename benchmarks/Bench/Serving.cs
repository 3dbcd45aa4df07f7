using Microsoft.AspNetCore.Builder;
using Shared.Testing;

namespace Bench;

/// <summary>A variant that is not the product runs in a process of its own as the product does: this program again, told by its environment what to be.</summary>
internal static class Serving
{
    private const string Variable = "BENCH_SERVES";

    private static readonly Dictionary<string, Func<WebApplicationBuilder, Task>> Known = new()
    {
        [nameof(HandWrittenOrders)] = builder => OrdersApi.RunAsync(builder, (services, data) => HandWrittenOrders.AddAsync(services, data, builder.Configuration["RabbitMq"])),
        [nameof(EfOrders)] = builder => OrdersApi.RunAsync(builder, EfOrders.AddAsync),
        [nameof(ModularHop)] = ModularHop.RunAsync,
        [nameof(WolverineHop)] = WolverineHop.RunAsync,
        [nameof(HandWrittenHop)] = HandWrittenHop.RunAsync,
    };

    /// <summary>What this process is to be; null for the benchmark itself.</summary>
    public static string? Asked => Environment.GetEnvironmentVariable(Variable);

    public static async Task<int> RunAsync(string variant)
    {
        await Known[variant](WebApplication.CreateSlimBuilder());
        return 0;
    }

    public static Task<HostProcess> StartAsync(string variant, IReadOnlyDictionary<string, string?> settings) =>
        HostProcess.StartReadyAsync(new Dictionary<string, string?>(settings) { [Variable] = variant, ["Logging:LogLevel:Default"] = "Warning" }, program: typeof(Serving).Assembly.Location);
}
