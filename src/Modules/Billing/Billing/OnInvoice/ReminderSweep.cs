using Mediator;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Billing;

/// <summary>Looks for overdue invoices once an hour, in every instance. The receivables themselves are the memory: a restart forgets nothing, and another setting holds for those that are open, too.</summary>
internal sealed partial class ReminderSweep(IServiceScopeFactory scopes, OnInvoiceSettings settings, TimeProvider clock, ILogger<ReminderSweep> logger) : BackgroundService
{
    private static readonly TimeSpan s_pause = TimeSpan.FromHours(1);

    public async Task OnceAsync(CancellationToken ct)
    {
        int told;
        do
        {
            await using var scope = scopes.CreateAsyncScope();
            told = await scope.ServiceProvider.GetRequiredService<ISender>().Send(new RemindOfInvoices.Command(), ct);
        }
        while (told == RemindOfInvoices.Batch);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.RemindAfter.Count == 0) return;

        using var timer = new PeriodicTimer(s_pause, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await OnceAsync(stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                // Housekeeping: the database or the outbox's room may be back in the next hour.
                LogPutOff(fault);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Overdue invoices could not be told; they are looked for again in an hour.")]
    private partial void LogPutOff(Exception fault);
}
