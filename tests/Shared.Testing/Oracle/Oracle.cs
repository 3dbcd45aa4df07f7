namespace Shared.Testing;

/// <summary>
/// Knows what is true of the shop at rest, whatever happened before, and names what is not. Reads each module's tables with rights that no module has;
/// asked by every test of a flow, a crash or load, and by the replay.
/// </summary>
/// <param name="databases">Module → connection string that may read its schema.</param>
/// <param name="carried">How many messages are in a carrier, neither their publisher's nor their receiver's.</param>
public sealed class Oracle(IReadOnlyDictionary<string, string> databases, Func<CancellationToken, Task<long>>? carried = null)
{
    /// <summary>The shop's modules, by the names of their schemas.</summary>
    public static IReadOnlyList<string> Modules => Sources.Modules;

    /// <param name="administrator">Of the one database that holds all six schemas.</param>
    public Oracle(string administrator) : this(Sources.Modules.ToDictionary(module => module, _ => administrator))
    {
    }

    /// <summary>Waits until nothing moves any more: see <see cref="Rest"/>.</summary>
    /// <param name="progress">Told what still moves, a few times a second.</param>
    /// <exception cref="TimeoutException">Something still moves: counted.</exception>
    public Task UntilAtRestAsync(TimeSpan timeout, Action<Motion>? progress = null, CancellationToken ct = default) => Rest.Until(MotionAsync, timeout, progress, ct);

    /// <summary>What moves at this moment.</summary>
    public Task<Motion> MotionAsync(CancellationToken ct = default) => Rest.Look(databases, carried, ct);

    /// <summary>The shop's data, for questions beyond the invariants.</summary>
    public Task<ShopCopy> CopyAsync(CancellationToken ct = default) => ShopCopy.Take(databases, ct);

    /// <summary>Checks every invariant. The shop must be at rest: what is under way looks like a violation.</summary>
    /// <param name="known">What the caller knows beyond the shop's own data.</param>
    public async Task<Findings> CheckAsync(Known? known = null, CancellationToken ct = default)
    {
        await using var copy = await CopyAsync(ct);
        return await copy.Check(known ?? new Known(), ct);
    }
}
