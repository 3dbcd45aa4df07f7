using System.Net.Sockets;
using Npgsql;
using Shared.Kernel;
using Shared.Testing;

namespace Launcher;

/// <summary>Starts servers and hosts, watches them until it is asked to stop, and stops all of them.</summary>
internal static class Launch
{
    private const int Stopped = 0, Failed = 1, NotRun = 2;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(0.5);

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var faults = new List<string>();
        var options = Options.Parse(arguments, faults);
        if (faults.Count > 0)
        {
            await Console.Error.WriteLineAsync($"The shop was not started, {faults.Count} {(faults.Count == 1 ? "fault" : "faults")}:\n{string.Join('\n', faults.Select(fault => "  * " + fault))}");
            return NotRun;
        }

        if (options is null) return Stopped;

        using var interrupts = new Interrupts();
        var started = false;
        try
        {
            using var file = TopologyFile.Take(options.Data);
            await using var servers = new Servers(options.Data, options.Configuration, interrupts.Stop);
            await using var shop = await RunningShop.StartAsync(options, file, servers, interrupts.Stop);
            started = true;
            shop.Show();
            while (!interrupts.Stop.IsCancellationRequested)
            {
                await servers.WatchAsync();
                await Task.WhenAny(Task.Delay(BetweenLooks, interrupts.Stop));
            }

            await Screen.Step("Stopping", shop.StopAsync());
            return Stopped;
        }
        catch (OperationCanceledException) when (interrupts.Stop.IsCancellationRequested)
        {
            return Stopped;
        }
        catch (Exception fault) when (fault is LaunchException or NeverException or TimeoutException or InvalidOperationException or EmbeddedPostgresException or NpgsqlException or IOException or SocketException or UnauthorizedAccessException)
        {
            if (interrupts.Stop.IsCancellationRequested) return Stopped;

            await Console.Error.WriteLineAsync(fault.Message);
            return started ? Failed : NotRun;
        }
    }
}
