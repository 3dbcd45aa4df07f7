using System.Globalization;

namespace Users;

/// <summary>Lengths of time among the settings.</summary>
internal static class Times
{
    /// <summary>Null: it is none, or above the limit.</summary>
    public static TimeSpan? Read(string text, TimeSpan most) =>
        TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) && time > TimeSpan.Zero && time <= most ? time : null;

    public static string Fault(string setting, string text, string most) => $"{setting} is '{text}': it must be a time such as 00:15:00 or 1.00:00:00, at most {most}.";
}
