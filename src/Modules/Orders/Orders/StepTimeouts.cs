using Microsoft.Extensions.Configuration;

namespace Orders;

/// <summary>How long an order waits for its stock and for its payment; then it is cancelled. Settings <c>Orders:StockTimeout</c> and <c>Orders:PaymentTimeout</c>.</summary>
public sealed record StepTimeouts(TimeSpan Stock, TimeSpan Payment)
{
    private const string StockSetting = "Orders:StockTimeout", PaymentSetting = "Orders:PaymentTimeout";

    public static StepTimeouts From(IConfiguration configuration) => new(
        Read(configuration, StockSetting, TimeSpan.FromMinutes(2)) ?? throw new FormatException(Fault(StockSetting)),
        Read(configuration, PaymentSetting, TimeSpan.FromMinutes(5)) ?? throw new FormatException(Fault(PaymentSetting)));

    public static IEnumerable<string> Faults(IConfiguration configuration) =>
        new[] { StockSetting, PaymentSetting }.Where(setting => Read(configuration, setting, TimeSpan.FromMinutes(1)) is null).Select(Fault);

    private static TimeSpan? Read(IConfiguration configuration, string setting, TimeSpan unsaid) =>
        configuration[setting] is not { } text ? unsaid
        : TimeSpan.TryParse(text, out var wait) && wait > TimeSpan.Zero && wait <= TimeSpan.FromDays(7) ? wait
        : null;

    private static string Fault(string setting) => $"{setting} must be a time above zero and up to 7.00:00:00, such as 00:02:00 for two minutes.";
}
