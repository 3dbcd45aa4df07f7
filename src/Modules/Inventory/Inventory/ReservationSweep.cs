using Mediator;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Inventory;

/// <summary>Looks for expired reservations once a minute, in every instance. The reservations themselves are the memory: a restart forgets nothing, and no order costs a message more.</summary>
internal sealed partial class ReservationSweep(IServiceScopeFactory scopes, ReservationExpiry expiry, TimeProvider clock, ILogger<ReservationSweep> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (expiry.IsNever) return;

        using var timer = new PeriodicTimer(expiry.Pause, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (await OnceAsync(stoppingToken) == ExpireReservations.Batch) { }
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                // Housekeeping: the database or the outbox's room may be back at the next look.
                LogPutOff(fault);
            }
        }
    }

    private async Task<int> OnceAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ISender>().Send(new ExpireReservations.Command(), ct);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Expired reservations could not be told; they are looked for again at the next turn.")]
    private partial void LogPutOff(Exception fault);
}
