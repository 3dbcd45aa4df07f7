namespace Bench;

/// <summary>How long and how often is measured.</summary>
/// <param name="Window">Of one round.</param>
/// <param name="Some">A factor for whatever is counted instead: events, orders.</param>
internal sealed record Pace(bool Quick, int Rounds, TimeSpan Window, TimeSpan WarmUp, int Some)
{
    public static readonly Pace Full = new(false, 5, TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(12), 10);

    /// <summary>To see that it works; the figures say little.</summary>
    public static readonly Pace Short = new(true, 2, TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(1.5), 1);

    public override string ToString() => $"{Rounds} rounds{(Quick ? ", quick: the figures say little" : "")}";
}
