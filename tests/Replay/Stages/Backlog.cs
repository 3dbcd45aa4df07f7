namespace Replay;

/// <summary>
/// The orders that were placed and are neither ready nor cancelled. Placing waits while they are many, so that no order waits in the shop for longer than its
/// steps may take; but never long, since an order may never become ready.
/// </summary>
internal sealed class Backlog
{
    private const int Many = 500;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20), LongestWait = TimeSpan.FromSeconds(1);

    private readonly HashSet<Guid> _deliveredBefore = [];
    private int _waiting;

    /// <summary>By an earlier, interrupted run; told before anything is placed.</summary>
    public void WasDelivered(Guid order) => _deliveredBefore.Add(order);

    public int CountDeliveredBefore(IEnumerable<Guid> orders) => orders.Count(_deliveredBefore.Contains);

    public void Enter(Guid order)
    {
        if (!_deliveredBefore.Contains(order)) Interlocked.Increment(ref _waiting);
    }

    public void Leave() => Interlocked.Decrement(ref _waiting);

    public async Task Room(CancellationToken ct)
    {
        for (var waited = TimeSpan.Zero; Volatile.Read(ref _waiting) >= Many && waited < LongestWait; waited += Pause) await Task.Delay(Pause, ct);
    }
}
