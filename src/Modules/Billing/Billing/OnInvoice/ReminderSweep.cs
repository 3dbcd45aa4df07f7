using Mediator;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shared.Kernel;

namespace Billing;

/// <summary>Looks for overdue invoices once an hour, in every instance. The receivables themselves are the memory: a restart forgets nothing, and another setting holds for those that are open, too.</summary>
internal sealed class ReminderSweep(IServiceScopeFactory scopes, OnInvoiceSettings settings, TimeProvider clock, ILogger<ReminderSweep> logger) : Housekeeping(TimeSpan.FromHours(1), clock, logger)
{
    public override async Task OnceAsync(CancellationToken ct)
    {
        if (settings.RemindAfter.Count == 0) return;

        int told;
        do
        {
            await using var scope = scopes.CreateAsyncScope();
            told = await scope.ServiceProvider.GetRequiredService<ISender>().Send(new RemindOfInvoices.Command(), ct);
        }
        while (told == RemindOfInvoices.Batch);
    }
}
