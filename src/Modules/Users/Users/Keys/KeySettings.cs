using Microsoft.Extensions.Configuration;

namespace Users;

/// <param name="Secret">Private keys are sealed by it before they are stored; readable in the database without.</param>
/// <param name="RotatedAfter">How long a key signs.</param>
/// <param name="PublishedAhead">How long a key is published before it signs: longer than any host goes on with keys that it has read.</param>
/// <param name="KeptFor">How long a key is published after it has signed its last: until no token of it is alive.</param>
internal sealed record KeySettings(string? Secret, TimeSpan RotatedAfter, TimeSpan PublishedAhead, TimeSpan KeptFor)
{
    private const string SecretName = "Users:Keys:Secret", Rotated = "Users:Keys:RotatedAfter", Ahead = "Users:Keys:PublishedAhead";

    // More than the difference between two hosts' clocks that a token check allows for.
    private static readonly TimeSpan s_slack = TimeSpan.FromMinutes(10);

    /// <summary>Keys are read again so often that every instance publishes a new one well before any signs with it.</summary>
    public TimeSpan ReadAgainAfter => TimeSpan.FromTicks(Math.Min(TimeSpan.FromMinutes(1).Ticks, PublishedAhead.Ticks / 4));

    public static KeySettings Of(IConfiguration configuration, TimeSpan longestToken) => new(
        configuration[SecretName],
        configuration.GetValue(Rotated, TimeSpan.FromDays(30)),
        configuration.GetValue(Ahead, TimeSpan.FromDays(1)),
        longestToken + s_slack);

    public static IEnumerable<string> Faults(IConfiguration configuration)
    {
        if (configuration[SecretName] is { Length: < 16 }) yield return $"{SecretName} is too short: it must have 16 characters or more, the same for all instances.";

        TimeSpan? rotated = TimeSpan.FromDays(30), ahead = TimeSpan.FromDays(1);
        if (configuration[Rotated] is { } given && (rotated = Times.Read(given, TimeSpan.FromDays(3650))) is null) yield return Times.Fault(Rotated, given, "ten years");
        if (configuration[Ahead] is { } early && (ahead = Times.Read(early, TimeSpan.FromDays(365))) is null) yield return Times.Fault(Ahead, early, "a year");
        if (ahead >= rotated) yield return $"{Ahead} is {ahead}, not less than {Rotated}, which is {rotated}: a key must sign for longer than its successor is published before.";
    }
}
