using System.Net.Http.Json;
using Shared.Testing;

namespace Bench;

/// <summary>A process with two modules, one of which publishes and the other reacts.</summary>
internal sealed class HopVariant(string name, HostProcess host, Meter meter, Pace pace, Func<Task<long>> handled) : IVariant
{
    public const string Path = "/v1/pinger";
    public const int Publishers = 4, Batch = 20, Pause = 10;

    public static readonly Measure PerSecond = new("events/s", Compared: true), Cpu = new("CPU µs/event", Compared: true), Host = new("of it host"), Postgres = new("PostgreSQL"),
        Broker = new("broker"), Statements = new("statements/event"), P50 = new("p50 ms", Compared: true), P99 = new("p99 ms");

    public string Name => name;

    /// <summary>Events since its start.</summary>
    public int Published { get; private set; }

    private int Events => 2_000 * pace.Some;

    public async Task WarmUpAsync()
    {
        await ThroughputAsync(Events);
        await LatencyAsync(20 * pace.Some);
    }

    public async Task<Sample> RunAsync()
    {
        var seconds = 0.0;
        var cost = await meter.OfAsync(async () => seconds = await ThroughputAsync(Events));
        var latency = await LatencyAsync(30 * pace.Some);
        var once = await handled();
        if (once != Published) throw new InvalidOperationException($"{name}: {Published} events were published, {once} handled.");

        return new Sample
        {
            [PerSecond] = Events / seconds,
            [Cpu] = cost.Cpu / Events * 1e6,
            [Host] = cost.Hosts / Events * 1e6,
            [Postgres] = cost.Postgres / Events * 1e6,
            [Broker] = cost.Broker / Events * 1e6,
            [Statements] = (double)cost.Statements / Events,
            [P50] = latency.P50,
            [P99] = latency.P99,
        };
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    private async Task<double> ThroughputAsync(int events)
    {
        Published += events;
        return (await AskAsync<HopLoad.Throughput>($"throughput?events={events}&publishers={Publishers}&batch={Batch}")).Seconds;
    }

    private async Task<HopLoad.Latency> LatencyAsync(int events)
    {
        Published += events;
        return await AskAsync<HopLoad.Latency>($"latency?events={events}&pause={Pause}");
    }

    private async Task<T> AskAsync<T>(string what)
    {
        using var patient = new HttpClient { BaseAddress = host.Http.BaseAddress, Timeout = TimeSpan.FromMinutes(5) };
        using var answer = await patient.PostAsync($"{Path}/{what}", null);
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"{name}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}\n{host.Output}");
        return (await answer.Content.ReadFromJsonAsync<T>())!;
    }
}
