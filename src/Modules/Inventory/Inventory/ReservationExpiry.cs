using Microsoft.Extensions.Configuration;

namespace Inventory;

/// <summary>How long stock stays set aside for an order that is not confirmed; zero is for ever. Setting <c>Inventory:ReservationExpiry</c>.</summary>
public sealed record ReservationExpiry(TimeSpan After)
{
    private const string Setting = "Inventory:ReservationExpiry";

    public bool IsNever => After == TimeSpan.Zero;

    /// <summary>Between two looks for what has expired.</summary>
    public TimeSpan Pause => !IsNever && After < TimeSpan.FromMinutes(1) ? After : TimeSpan.FromMinutes(1);

    internal static ReservationExpiry From(IConfiguration configuration) => new(Read(configuration) ?? throw new FormatException(Faults(configuration).Single()));

    internal static IEnumerable<string> Faults(IConfiguration configuration)
    {
        if (Read(configuration) is null)
            yield return $"{Setting} is '{configuration[Setting]}': give a time of 00:00:00.1 or more and up to 365.00:00:00, such as 1.00:00:00 for a day, longer than Orders' own time-outs; or 0 for never.";
    }

    // A day: Orders calls an order off after minutes if its payment does not come.
    private static TimeSpan? Read(IConfiguration configuration) =>
        configuration[Setting] is not { } text ? TimeSpan.FromDays(1)
        : TimeSpan.TryParse(text, out var after) && (after == TimeSpan.Zero || after >= TimeSpan.FromSeconds(0.1)) && after <= TimeSpan.FromDays(365) ? after
        : null;
}
