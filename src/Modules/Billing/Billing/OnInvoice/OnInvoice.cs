using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Billing;

/// <summary>Nobody outside is asked: the order goes on, and an operator says when its money has come, or was sent back.</summary>
internal sealed class OnInvoice(OnInvoiceSettings settings, TimeProvider clock) : IPaymentProvider
{
    public const string Name = "invoice";

    /// <summary>As an order's payment token: its customer wants to pay on invoice.</summary>
    public const string Token = "invoice";

    // Of nothing nothing can be owed: it is paid.
    public Task<CaptureAnswer> Capture(Guid orderId, decimal amount, string currency, string token, CancellationToken ct) => Task.FromResult<CaptureAnswer>(amount == 0
        ? new CaptureTaken(Name)
        : new CaptureDeferred(DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddDays(settings.Days), settings.Limit));

    public Task<RefundAnswer> Refund(RefundRequest request, CancellationToken ct) => Task.FromResult<RefundAnswer>(new RefundByHand());
}

/// <summary>Settings <c>Billing:OnInvoice:Limit</c>, <c>:Days</c> and <c>:RemindAfter</c>.</summary>
/// <param name="Limit">What one customer may owe at once, in each currency; 0: nobody pays on invoice.</param>
/// <param name="Days">Until an invoice is due.</param>
/// <param name="RemindAfter">Days after that on which its customer is reminded, rising; none: nobody is.</param>
internal sealed record OnInvoiceSettings(decimal Limit, int Days, IReadOnlyList<int> RemindAfter)
{
    private const string Section = "Billing:OnInvoice", Account = "Billing:Seller:BankAccount";

    private const int UsualDays = 14, MostReminders = 10;

    /// <summary>Every fault is added to <paramref name="faults"/>.</summary>
    public static OnInvoiceSettings Read(IConfiguration configuration, ICollection<string> faults)
    {
        var (limit, days) = (0m, UsualDays);
        if (configuration[$"{Section}:Limit"] is { } most && (!decimal.TryParse(most, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out limit) || limit > 1_000_000_000))
            faults.Add($"{Section}:Limit is '{most}': it must be an amount of 0 to 1000000000, such as 250.00; 0 lets nobody pay on invoice.");
        if (configuration[$"{Section}:Days"] is { } until && (!int.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out days) || days > 365))
            faults.Add($"{Section}:Days is '{until}': it must be a number of days, 0 to 365.");
        if (limit > 0 && string.IsNullOrWhiteSpace(configuration[Account]))
            faults.Add($"{Section}:Limit lets customers pay on invoice, but {Account} does not say where to: give it too, with the other settings of Billing:Seller.");
        return new OnInvoiceSettings(limit, days, Reminders(configuration[$"{Section}:RemindAfter"], faults));
    }

    private static List<int> Reminders(string? text, ICollection<string> faults)
    {
        var days = new List<int>();
        if (string.IsNullOrWhiteSpace(text)) return days;

        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var day) && day is >= 1 and <= 365 && day > days.LastOrDefault() && days.Count < MostReminders)
            {
                days.Add(day);
                continue;
            }

            faults.Add($"{Section}:RemindAfter is '{text}': it must be up to {MostReminders} numbers of days after an invoice was due, 1 to 365, rising, with commas, such as 7,21; leave it out to remind nobody.");
            break;
        }

        return days;
    }
}
