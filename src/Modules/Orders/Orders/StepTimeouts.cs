using Microsoft.Extensions.Configuration;

namespace Orders;

/// <summary>
/// How long an order waits in each state that is not its last. Without stock or payment in time it is cancelled; afterwards its goods may be on their way, so it is overdue and for people to decide
/// (<see cref="OverdueOrders"/>). Settings <c>Orders:StockTimeout</c> and so on.
/// </summary>
public sealed record StepTimeouts(TimeSpan Stock, TimeSpan Payment, TimeSpan Dispatch, TimeSpan Cancellation, TimeSpan Delivery)
{
    private static readonly TimeSpan[] Unsaid = [TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5), TimeSpan.FromDays(2), TimeSpan.FromHours(1), TimeSpan.FromDays(14)];

    // The first two are messages for later, which are not kept for longer than handled ones are remembered.
    private static readonly string[] Settings = ["Orders:StockTimeout", "Orders:PaymentTimeout", "Orders:DispatchTimeout", "Orders:CancellationTimeout", "Orders:DeliveryTimeout"];

    public static StepTimeouts From(IConfiguration configuration)
    {
        if (Faults(configuration).FirstOrDefault() is { } fault) throw new FormatException(fault);

        var waits = Settings.Select((_, step) => Read(configuration, step)!.Value).ToArray();
        return new StepTimeouts(waits[0], waits[1], waits[2], waits[3], waits[4]);
    }

    public static IEnumerable<string> Faults(IConfiguration configuration) =>
        from step in Enumerable.Range(0, Settings.Length)
        where Read(configuration, step) is null
        select $"{Settings[step]} must be a time above zero and up to {MostDays(step)}.00:00:00, such as {Unsaid[step]:c}: it is '{configuration[Settings[step]]}'.";

    private static TimeSpan? Read(IConfiguration configuration, int step) =>
        configuration[Settings[step]] is not { } text ? Unsaid[step]
        : TimeSpan.TryParse(text, out var wait) && wait > TimeSpan.Zero && wait <= TimeSpan.FromDays(MostDays(step)) ? wait
        : null;

    private static int MostDays(int step) => step < 2 ? 7 : 365;
}
