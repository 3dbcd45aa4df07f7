using Marten;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Shared.Kernel;

/// <summary>Answers under an idempotency key are kept for seven days, then forgotten, once an hour.</summary>
internal sealed partial class ForgetAnswers(IDocumentStore store, TimeProvider clock, ILogger<ForgetAnswers> logger) : BackgroundService
{
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(7);

    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    public async Task OnceAsync(CancellationToken cancellation)
    {
        await using var session = store.LightweightSession();
        var oldest = clock.GetUtcNow() - KeptFor;
        session.DeleteWhere<IdempotentAnswer>(answer => answer.At < oldest);
        await session.SaveChangesAsync(cancellation);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await OnceAsync(stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                // Housekeeping: the next hour does what this one could not.
                LogPutOff(fault);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Old answers could not be forgotten; it is tried again in an hour.")]
    private partial void LogPutOff(Exception fault);
}
