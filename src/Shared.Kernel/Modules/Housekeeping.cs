using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Shared.Kernel;

/// <summary>What a module's every instance does from time to time; what one turn cannot do, the next one does, and a warning says so.</summary>
public abstract partial class Housekeeping(TimeSpan pause, TimeProvider clock, ILogger logger) : BackgroundService
{
    /// <summary>One turn.</summary>
    public abstract Task OnceAsync(CancellationToken cancellation);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(pause, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try { await OnceAsync(stoppingToken); }
            // The database may be away, or the outbox full: neither ends the host.
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested) { LogPutOff(fault, GetType().Name, pause); }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Work} could not be done; it is tried again in {Pause}.")]
    private partial void LogPutOff(Exception fault, string work, TimeSpan pause);
}
