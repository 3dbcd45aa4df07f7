using Orders.Contracts;
using Shared.Kernel;

namespace Orders;

/// <summary>
/// Placed → reserved → confirmed → dispatched (its first parcel is) → completed, or cancelled until it is dispatched, and afterwards if its parcels are lost. What happened is kept as facts; this is what they add up to.
/// Each decision answers the facts to keep, or nothing where it is so already. Messages come in any order, so what is known is kept apart from the status.
/// </summary>
public sealed record Order
{
    public Guid Id { get; init; }

    /// <summary>The number of facts so far, set by Marten.</summary>
    public long Version { get; init; }
    public Guid CustomerId { get; init; }
    public string Status { get; init; } = OrderStatus.Placed;
    public IReadOnlyList<OrderLine> Lines { get; init; } = [];

    /// <summary>Lines and shipping.</summary>
    public decimal Total { get; init; }
    public string? Country { get; init; }

    /// <summary>Personal data: for the order's customer, operators and Shipping.</summary>
    public DeliveryAddress? To { get; init; }
    public decimal Shipping { get; init; }
    public bool ShippingEstimated { get; init; }
    public string Currency { get; init; } = "";
    public DateTimeOffset PlacedAt { get; init; }
    public bool HasStock { get; init; }
    public bool IsPaid { get; init; }

    /// <summary>What came: less than the total where a part of an invoice was credited before. Not known of orders that were paid before it was kept: then it is the total.</summary>
    public decimal? Paid { get; init; }

    /// <summary>Paid on invoice, later or already: the order goes on without its money.</summary>
    public bool IsDeferred { get; init; }
    public decimal Refunded { get; init; }

    /// <summary>Of an order that is cancelled, or shall be; the code is one of those of <see cref="OrderCancelled"/>.</summary>
    public string? CancelReason { get; init; }
    public string? CancelNote { get; init; }

    /// <summary>The newest parcel's.</summary>
    public string? TrackingNumber { get; init; }

    /// <summary>The parcels known to have left, by their counts. None in orders from before there were several.</summary>
    public IReadOnlyList<int> Parts { get; init; } = [];
    public IReadOnlyList<ParcelLost> LostParcels { get; init; } = [];

    public abstract record Fact;
    public sealed record Placed(Guid CustomerId, IReadOnlyList<OrderLine> Lines, decimal Total, string Currency, DateTimeOffset At,
        string? Country = null, decimal Shipping = 0, bool ShippingEstimated = false, DeliveryAddress? To = null) : Fact;
    public sealed record StockReserved : Fact;
    public sealed record PaymentCaptured(decimal Amount, string Currency) : Fact;
    public sealed record PaymentDeferred(decimal Amount, string Currency, DateOnly DueOn) : Fact;
    public sealed record Confirmed : Fact;
    public sealed record CancellationRequested(string Reason, string Note) : Fact;
    public sealed record CancellationRefused : Fact;
    public sealed record Cancelled(string Reason, string? Note) : Fact;
    public sealed record Dispatched(string TrackingNumber, IReadOnlyList<SentLine>? Lines = null, IReadOnlyList<SentLine>? Open = null, int Part = 1) : Fact;
    public sealed record ParcelLost(Guid ParcelId, IReadOnlyList<SentLine> Lines, decimal Amount, string Currency, bool NotSent = false) : Fact;
    public sealed record Delivered : Fact;
    public sealed record Completed : Fact;
    public sealed record PaymentRefunded(decimal Amount, string Currency) : Fact;

    /// <summary>Quantity times unit price, rounded half away from zero to two decimals.</summary>
    public static OrderLine Line(string sku, int quantity, decimal unitPrice) =>
        new(sku, quantity, unitPrice, Math.Round(quantity * unitPrice, 2, MidpointRounding.AwayFromZero));

    public static decimal TotalOf(IReadOnlyList<OrderLine> lines, Carriage carriage) => lines.Sum(line => line.Amount) is > 0 and var goods
        ? goods + carriage.Amount
        : throw new RefusedException("order.worthless", "The lines amount to nothing after rounding: an order needs a total of 0.01 or more.");

    internal static Placed Place(Guid customerId, Priced priced, DateTimeOffset at, DeliveryAddress? to = null) =>
        // As precise as the database, so that one order and a list of orders tell the same time.
        new(customerId, priced.Lines, priced.Total, priced.Currency, at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMicrosecond)),
            priced.Country, priced.Carriage.Amount, priced.Carriage.Estimated, to);

    public IReadOnlyList<Fact> ReserveStock() => this switch
    {
        { HasStock: true } or { Status: OrderStatus.Cancelled } => [],
        { IsPaid: true } or { IsDeferred: true } => [new StockReserved(), new Confirmed()],
        _ => [new StockReserved()],
    };

    /// <summary>Money for a cancelled order is noted only: Billing gives it back because the order is cancelled.</summary>
    public IReadOnlyList<Fact> CapturePayment(decimal amount, string currency) => this switch
    {
        { IsPaid: true } => [],
        { Status: OrderStatus.Reserved } => [new PaymentCaptured(amount, currency), new Confirmed()],
        _ => [new PaymentCaptured(amount, currency)],
    };

    public IReadOnlyList<Fact> DeferPayment(decimal amount, string currency, DateOnly dueOn) => this switch
    {
        { IsPaid: true } or { IsDeferred: true } => [],
        { Status: OrderStatus.Reserved } => [new PaymentDeferred(amount, currency, dueOn), new Confirmed()],
        _ => [new PaymentDeferred(amount, currency, dueOn)],
    };

    public Cancelled? RejectStock(string why) => Fail(!HasStock, "stock.rejected", why);

    public Cancelled? DeclinePayment(string why) => Fail(!IsPaid && !IsDeferred, "payment.declined", why);

    /// <summary>Only the step that is still open can run out of time.</summary>
    public Cancelled? TimeOut(string step) => (step, Status) switch
    {
        (OrderStep.Stock, OrderStatus.Placed) => new Cancelled("stock.timed-out", null),
        (OrderStep.Payment, OrderStatus.Reserved) => new Cancelled("payment.timed-out", null),
        _ => null,
    };

    /// <summary>What is confirmed keeps its stock for as long as its parcel takes.</summary>
    public Cancelled? ExpireReservation() => Status is OrderStatus.Placed or OrderStatus.Reserved ? new Cancelled("stock.expired", null) : null;

    /// <summary>At once until confirmed. Then it is for Shipping to say whether the parcel can still be stopped.</summary>
    public Fact? Cancel(string by, string note) => Status switch
    {
        OrderStatus.Placed or OrderStatus.Reserved => new Cancelled(by, note),
        OrderStatus.Confirmed => new CancellationRequested(by, note),
        OrderStatus.Cancelling or OrderStatus.Cancelled => null,
        _ => throw new RefusedException("order.dispatched", "The parcel has left the house: an order can be cancelled until then."),
    };

    public Cancelled? StopShipment() => Status switch
    {
        OrderStatus.Cancelling => new Cancelled(CancelReason!, CancelNote),
        OrderStatus.Cancelled when !HasLeft => null,
        _ => throw Impossible("stopped"),
    };

    /// <summary>The first parcel that is heard of dispatches the order, whichever it is; each other one is noted. Delivery or loss may overtake it: then it is noted only.</summary>
    public IReadOnlyList<Fact> Dispatch(Dispatched parcel) => Status switch
    {
        OrderStatus.Confirmed => [parcel],
        OrderStatus.Cancelling => [new CancellationRefused(), parcel],
        OrderStatus.Dispatched or OrderStatus.Completed or OrderStatus.Cancelled when HasLeft => Knows(parcel) ? [] : [parcel],
        _ => throw Impossible("dispatched"),
    };

    /// <summary>What is delivered was dispatched, whether that is known here or not.</summary>
    public IReadOnlyList<Fact> Deliver() => Status switch
    {
        OrderStatus.Confirmed or OrderStatus.Dispatched => [new Delivered(), new Completed()],
        OrderStatus.Cancelling => [new CancellationRefused(), new Delivered(), new Completed()],
        OrderStatus.Completed => [],
        _ => throw Impossible("delivered"),
    };

    /// <summary>What is lost was dispatched, whether that is known here or not. What has arrived, or never left, was not lost.</summary>
    public IReadOnlyList<Fact> Lose() => Status switch
    {
        OrderStatus.Confirmed or OrderStatus.Dispatched => [new Cancelled(OrderCancelled.ShipmentLost, null)],
        OrderStatus.Cancelling => [new CancellationRefused(), new Cancelled(OrderCancelled.ShipmentLost, null)],
        OrderStatus.Cancelled when HasLeft => [],
        _ => throw Impossible("lost"),
    };

    /// <summary>
    /// A part will not arrive, and the order goes on without it: its share of what its products cost, rounded so that all parts of a line are together worth the line. Noted only, since its dispatch and
    /// the order's end may be heard of later or before.
    /// </summary>
    public ParcelLost? LoseParcel(Guid parcelId, IReadOnlyList<SentLine> lines, bool notSent = false) => Status switch
    {
        OrderStatus.Placed or OrderStatus.Reserved or OrderStatus.Cancelled when !HasLeft => throw Impossible("short of a parcel"),
        _ => LostParcels.Any(lost => lost.ParcelId == parcelId) ? null : new ParcelLost(parcelId, lines, lines.Sum(WorthOf), Currency, notSent),
    };

    /// <summary>Noted only, and never more than was paid.</summary>
    public PaymentRefunded? Refund(decimal amount, string currency) => Refunded + amount <= (Paid ?? Total) ? new PaymentRefunded(amount, currency) : null;

    /// <summary>The order after one more fact.</summary>
    public static Order After(Order? order, Guid id, Fact fact) => (fact, order) switch
    {
        (Placed placed, _) => new Order
        {
            Id = id, CustomerId = placed.CustomerId, Lines = placed.Lines, Total = placed.Total, Currency = placed.Currency, PlacedAt = placed.At,
            Country = placed.Country, Shipping = placed.Shipping, ShippingEstimated = placed.ShippingEstimated, To = placed.To,
        },
        (_, null) => throw new InvalidOperationException($"The history of order {id} does not begin with its placing but with {fact.GetType().Name}."),
        (StockReserved, _) => order with { HasStock = true, Status = OrderStatus.Reserved },
        (PaymentCaptured paid, _) => order with { IsPaid = true, Paid = paid.Amount },
        (PaymentDeferred, _) => order with { IsDeferred = true },
        (Confirmed, _) => order with { Status = OrderStatus.Confirmed },
        (CancellationRequested asked, _) => order with { Status = OrderStatus.Cancelling, CancelReason = asked.Reason, CancelNote = asked.Note },
        (CancellationRefused, _) => order with { Status = OrderStatus.Confirmed, CancelReason = null, CancelNote = null },
        (Cancelled cancelled, _) => order with { Status = OrderStatus.Cancelled, CancelReason = cancelled.Reason, CancelNote = cancelled.Note },
        (Dispatched sent, { Status: OrderStatus.Completed or OrderStatus.Cancelled }) => order.With(sent),
        (Dispatched sent, _) => order.With(sent) with { Status = OrderStatus.Dispatched },
        (ParcelLost lost, _) => order with { LostParcels = [.. order.LostParcels, lost] },
        (Delivered, _) => order,
        (Completed, _) => order with { Status = OrderStatus.Completed },
        (PaymentRefunded refunded, _) => order with { Refunded = order.Refunded + refunded.Amount },
        _ => throw new InvalidOperationException($"An order does not know what {fact.GetType().Name} does to it."),
    };

    /// <summary>What is heard late of an earlier parcel says nothing of what is still to come.</summary>
    internal bool IsLate(Dispatched parcel) => Status is OrderStatus.Completed or OrderStatus.Cancelled || Parts.Any(part => part > parcel.Part);

    // Before there were several parcels, the only one's number said that it had left.
    private bool Knows(Dispatched parcel) => Parts.Count == 0 ? TrackingNumber is not null && parcel.Part == 1 : Parts.Contains(parcel.Part);

    private Order With(Dispatched parcel) => this with
    {
        TrackingNumber = Parts.Any(part => part > parcel.Part) ? TrackingNumber : parcel.TrackingNumber,
        Parts = Parts.Count == 0 && TrackingNumber is not null ? [1, parcel.Part] : [.. Parts, parcel.Part],
    };

    private decimal WorthOf(SentLine part)
    {
        var lines = Lines.Where(line => line.Sku == part.Sku).ToList();
        var before = LostParcels.SelectMany(lost => lost.Lines).Where(line => line.Sku == part.Sku).Sum(line => line.Quantity);
        var (all, worth) = (lines.Sum(line => line.Quantity), lines.Sum(line => line.Amount));
        return Of(before + part.Quantity) - Of(before);

        decimal Of(int lost) => lost >= all ? worth : Math.Round(worth * lost / all, Math.Min(2, CurrencyUnit.Decimals(Currency)), MidpointRounding.AwayFromZero);
    }

    private bool HasLeft => Status is OrderStatus.Dispatched or OrderStatus.Completed || CancelReason is OrderCancelled.ShipmentLost;

    // A step fails while it is open. Afterwards the failure contradicts what is known: it is told to people, not guessed at.
    private Cancelled? Fail(bool open, string reason, string why) => Status switch
    {
        OrderStatus.Cancelled => null,
        OrderStatus.Placed or OrderStatus.Reserved when open => new Cancelled(reason, why),
        _ => throw Impossible(reason),
    };

    private RefusedException Impossible(string what) =>
        new("order.out-of-step", $"Order {Id} is {Status}, and cannot be {what}: look at its history and at the sender's.");
}

/// <summary>What is in a parcel, or still to be sent.</summary>
public sealed record SentLine(string Sku, int Quantity);

/// <summary>As stored and shown. Not an enum: Marten writes and compares its names in two spellings.</summary>
internal static class OrderStatus
{
    public const string Placed = "placed", Reserved = "reserved", Confirmed = "confirmed", Cancelling = "cancelling", Dispatched = "dispatched";
    public const string Cancelled = "cancelled", Completed = "completed";

    public static IReadOnlyList<string> All { get; } = [Placed, Reserved, Confirmed, Cancelling, Cancelled, Dispatched, Completed];
}

/// <summary>What an order waits for, and not for ever.</summary>
internal static class OrderStep
{
    public const string Stock = "stock", Payment = "payment";
}
