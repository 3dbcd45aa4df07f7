using Marten;
using Microsoft.Extensions.Logging;

namespace Shared.Kernel;

/// <summary>Answers under an idempotency key are kept for seven days, then forgotten, once an hour.</summary>
internal sealed class ForgetAnswers(IDocumentStore store, TimeProvider clock, ILogger<ForgetAnswers> logger) : Housekeeping(TimeSpan.FromHours(1), clock, logger)
{
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(7);

    private readonly TimeProvider _clock = clock;

    public override async Task OnceAsync(CancellationToken cancellation)
    {
        await using var session = store.LightweightSession();
        var oldest = _clock.GetUtcNow() - KeptFor;
        session.DeleteWhere<IdempotentAnswer>(answer => answer.At < oldest);
        await session.SaveChangesAsync(cancellation);
    }
}
