using Mediator;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shared.Kernel;

namespace Inventory;

/// <summary>Looks for expired reservations once a minute, in every instance. The reservations themselves are the memory: a restart forgets nothing, and no order costs a message more.</summary>
internal sealed class ReservationSweep(IServiceScopeFactory scopes, ReservationExpiry expiry, TimeProvider clock, ILogger<ReservationSweep> logger) : Housekeeping(expiry.Pause, clock, logger)
{
    public override async Task OnceAsync(CancellationToken ct)
    {
        if (expiry.IsNever) return;

        int told;
        do
        {
            await using var scope = scopes.CreateAsyncScope();
            told = await scope.ServiceProvider.GetRequiredService<ISender>().Send(new ExpireReservations.Command(), ct);
        }
        while (told == ExpireReservations.Batch);
    }
}
