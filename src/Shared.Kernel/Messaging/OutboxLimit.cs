using Marten;

namespace Shared.Kernel;

/// <summary>Too many of the module's outgoing messages wait, since a carrier or a subscriber is away: nothing more is promised until they have left. HTTP 503 with Retry-After.</summary>
public sealed class OutboxFullException(int most) : Exception($"{most} messages of this module wait to be sent: it takes no more work before some have left.");

/// <summary>Back-pressure: a command that publishes is refused while the outbox holds its limit of rows, long before the disk is full. Reactions go on, or nothing would ever drain.</summary>
public sealed class OutboxLimit(int most, TimeProvider clock)
{
    private const long Fresh = TimeSpan.TicksPerSecond;

    private long _looked = -Fresh;
    private volatile bool _full;

    /// <summary>Counts at most once a second, so that the limit may be exceeded by a second's work.</summary>
    /// <exception cref="OutboxFullException">There is no room.</exception>
    public async ValueTask EnsureRoomAsync(IQuerySession session)
    {
        var (now, looked) = (clock.GetUtcNow().Ticks, Interlocked.Read(ref _looked));
        if (now - looked >= Fresh && Interlocked.CompareExchange(ref _looked, now, looked) == looked)
        {
            // By the session's connection: it may hold locks, and all other connections may be in the hands of those who wait for them.
            _full = (await session.Read("select count(*) >= $1 from (select from wolverine_outgoing_envelopes limit $1) waiting", [most], row => row.GetBoolean(0), default))[0];
        }

        if (_full) throw new OutboxFullException(most);
    }
}
