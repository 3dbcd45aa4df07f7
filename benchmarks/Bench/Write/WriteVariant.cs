using System.Diagnostics;
using System.Text.Json;

namespace Bench;

/// <summary>An address that takes orders, under load by some connections.</summary>
/// <param name="afterwards">Makes the variant as it was before the round.</param>
internal sealed class WriteVariant(string name, WriteTarget target, Meter? meter, TimeSpan window, TimeSpan warmUp, Func<Task> afterwards, params IReadOnlyList<IAsyncDisposable> owned) : IVariant
{
    public const int Connections = 16;

    public static readonly Measure PerSecond = new("orders/s", Compared: true), Cpu = new("CPU µs/order", Compared: true), Host = new("of it host"), Postgres = new("PostgreSQL"),
        Broker = new("broker"), Statements = new("statements/order"), Slow = new("p99 ms");

    public string Name => name;

    /// <summary>Since the variant's start.</summary>
    public int Placed { get; private set; }

    public Task WarmUpAsync() => WarmUp.UntilNoQuickerAsync(async () =>
    {
        var orders = (await LoadAsync(warmUp)).Length;
        await afterwards();
        return orders;
    });

    public async Task<Sample> RunAsync()
    {
        var (latencies, cost, took) = (Array.Empty<double>(), default(Cost), Stopwatch.StartNew());
        async Task Work()
        {
            took.Restart();
            latencies = await LoadAsync(window);
            took.Stop();
        }

        if (meter is null) await Work();
        else cost = await meter.OfAsync(Work);
        await afterwards();

        var orders = latencies.Length;
        Array.Sort(latencies);
        var sample = new Sample { [PerSecond] = orders / took.Elapsed.TotalSeconds, [Slow] = Spread.Quantile(latencies, 0.99) };
        if (meter is null) return sample;

        sample[Cpu] = cost.Cpu / orders * 1e6;
        sample[Host] = cost.Hosts / orders * 1e6;
        sample[Postgres] = cost.Postgres / orders * 1e6;
        sample[Broker] = cost.Broker / orders * 1e6;
        sample[Statements] = (double)cost.Statements / orders;
        return sample;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var own in owned) await own.DisposeAsync();
    }

    /// <returns>Milliseconds of each order.</returns>
    private async Task<double[]> LoadAsync(TimeSpan time)
    {
        var begin = Stopwatch.GetTimestamp();
        var all = await Task.WhenAll(Enumerable.Range(0, Connections).Select(number => Task.Run(async () =>
        {
            var latencies = new List<double>();
            using var connection = new RawConnection(target.Server, "/v1/orders", target.Token, WriteTarget.Order(number));
            while (Stopwatch.GetElapsedTime(begin) < time)
            {
                var start = Stopwatch.GetTimestamp();
                await connection.PostAsync();
                latencies.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            return latencies;
        })));
        Placed += all.Sum(some => some.Count);
        return [.. all.SelectMany(some => some)];
    }
}

internal sealed record WriteTarget(Uri Server, string Token)
{
    // Orders over different connections are of different products: that they want the same row of stock is not what is measured.
    public static string Sku(int connection) => $"bench-{connection}";

    /// <summary>The order that one of the connections places again and again.</summary>
    public static string Order(int connection) => JsonSerializer.Serialize(new
    {
        customerId = Guid.CreateVersion7(),
        lines = Enumerable.Range(1, 3).Select(quantity => new { sku = Sku(connection), quantity, unitPrice = 2.50m }),
        paymentToken = "test-ok",
    });
}
