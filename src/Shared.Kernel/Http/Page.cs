namespace Shared.Kernel;

/// <summary>A page of a list in a stable order.</summary>
/// <param name="Next">What to pass as <c>after</c> for the next page; null on the last one.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next)
{
    /// <summary>Entries on a page unless asked otherwise, and at most.</summary>
    public const int Usual = 50, Most = 200;

    /// <summary>From one entry more than the page holds, by which is known whether another page follows.</summary>
    public static Page<T> From(IReadOnlyList<T> found, int limit, Func<T, string> key) =>
        found.Count > limit ? new(found.Take(limit).ToList(), key(found[limit - 1])) : new(found, null);
}
