using System.Globalization;
using Orders.Contracts;

namespace Orders;

/// <summary>What a fact means to the order's customer.</summary>
/// <param name="Code">Stable, for programs; README.md lists all of them.</param>
/// <param name="Text">For people: it may be worded better any day.</param>
internal sealed record TimelineStep(string Code, string Text);

internal static class Timeline
{
    private const string NoLonger = "The order is cancelled";

    /// <summary>An order may have a thousand: a sentence has no more than these.</summary>
    private const int MostNamed = 10;

    /// <param name="before">The order as it was until then; null before its first fact.</param>
    public static TimelineStep Of(Order? before, Order.Fact fact) => (fact, before) switch
    {
        (Order.Placed placed, _) => new("placed", $"The order was placed. It costs {Money(placed.Total, placed.Currency)}."),
        (Order.StockReserved, _) => new("stock-reserved", "Everything in the order is in stock and set aside."),
        (Order.PaymentCaptured paid, { Status: OrderStatus.Cancelled }) => new("payment-captured.late", $"The payment of {Money(paid.Amount, paid.Currency)} arrived after the order was cancelled. It is given back."),
        (Order.PaymentCaptured paid, _) => new("payment-captured", $"The payment of {Money(paid.Amount, paid.Currency)} has arrived."),
        (Order.PaymentDeferred later, _) => new("payment-deferred", $"{Money(later.Amount, later.Currency)} is to be paid on invoice, by {later.DueOn:yyyy-MM-dd}."),
        (Order.Confirmed, _) => new("confirmed", "The order is confirmed and is being made ready to be sent."),
        (Order.CancellationRequested, _) => new("cancellation-requested", "The order is to be cancelled, if its parcel has not left yet."),
        (Order.CancellationRefused, _) => new("cancellation-refused", "The order could not be cancelled any more: its parcel had left."),
        (Order.Cancelled cancelled, _) => new($"cancelled.{cancelled.Reason}", $"{Why(cancelled.Reason)}{Owed(before!)}"),
        (Order.Dispatched sent, _) => Sent(sent, before!),
        (Order.ParcelLost { NotSent: true } part, _) => new("part-not-sent", $"{Named(part.Lines)} cannot be sent, and will not be.{Worth(part, before!)}"),
        (Order.ParcelLost lost, _) => new("parcel-lost", $"A parcel with {Named(lost.Lines)} was lost on its way.{Worth(lost, before!)}"),
        (Order.Delivered, { LostParcels.Count: > 0 } or { Parts.Count: > 1 }) => new("delivered", "Everything that was on its way has arrived."),
        (Order.Delivered, _) => new("delivered", "The parcel has arrived."),
        (Order.Completed, _) => new("completed", "The order is complete."),
        (Order.PaymentRefunded back, _) => Refund(back, before!),
        _ => throw new InvalidOperationException($"The timeline does not know what {fact.GetType().Name} means to a customer."),
    };

    private static string Why(string reason) => reason switch
    {
        "customer" => $"{NoLonger}, as its customer wished.",
        "operator" => $"{NoLonger} by the shop.",
        "stock.rejected" => $"{NoLonger}: not everything in it is in stock.",
        "stock.timed-out" => $"{NoLonger}: it could not be made sure in time that everything in it is in stock.",
        "stock.expired" => $"{NoLonger}: its goods could not be set aside any longer.",
        "payment.declined" => $"{NoLonger}: the payment was declined.",
        "payment.timed-out" => $"{NoLonger}: no payment arrived in time.",
        OrderCancelled.ShipmentLost => $"{NoLonger}: its parcel was lost on the way.",
        _ => $"{NoLonger}.",
    };

    private static TimelineStep Sent(Order.Dispatched sent, Order before)
    {
        var isLast = sent.Open is not { Count: > 0 };
        var parcel = (isLast && sent.Part == 1) || sent.Lines is null ? "The parcel" : $"A parcel with {Named(sent.Lines)}";
        var text = before.IsLate(sent) ? $"{parcel} had been sent with the tracking number {sent.TrackingNumber}."
            : $"{parcel} is on its way. Its tracking number is {sent.TrackingNumber}.{(!isLast ? $" Still to come: {Named(sent.Open!)}." : sent.Part > 1 ? " With it everything is sent." : "")}";
        return new(isLast ? "dispatched" : "dispatched.part", text);
    }

    private static string Named(IReadOnlyList<SentLine> lines) =>
        string.Join(", ", lines.Take(MostNamed).Select(line => string.Create(CultureInfo.InvariantCulture, $"{line.Quantity} × {line.Sku}"))) + (lines.Count > MostNamed ? $" and {lines.Count - MostNamed} more" : "");

    private static string Worth(Order.ParcelLost lost, Order before) =>
        before.Status == OrderStatus.Cancelled || lost.Amount == 0 ? "" : $" {Money(lost.Amount, lost.Currency)} {(before.IsPaid ? "is given back" : "need not be paid")}.";

    // What a part is worth was promised when it was lost, and may be on its way still: only all together is sure.
    private static string Owed(Order before) => !before.IsPaid || Paid(before) <= before.Refunded ? ""
        : before.LostParcels.Count > 0 ? $" All that was paid is given back, {Money(Paid(before), before.Currency)} together with what was given back before."
        : $" {Money(Paid(before) - before.Refunded, before.Currency)} is given back.";

    private static decimal Paid(Order order) => order.Paid ?? order.Total;

    private static TimelineStep Refund(Order.PaymentRefunded back, Order before)
    {
        var (amount, all) = (Money(back.Amount, back.Currency), before.Refunded + back.Amount);
        return all < Paid(before) ? new("payment-refunded.part", $"{amount} was given back, which makes {Money(all, back.Currency)} of {Money(Paid(before), back.Currency)}.")
            : before.Refunded > 0 ? new("payment-refunded", $"{amount} was given back: with it everything that was paid.")
            : new("payment-refunded", $"{amount} was given back: everything that was paid.");
    }

    private static string Money(decimal amount, string currency) => string.Create(CultureInfo.InvariantCulture, $"{amount:0.00} {currency}");
}
