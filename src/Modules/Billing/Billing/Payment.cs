using System.Text.Json.Serialization;
using JasperFx;
using Marten;
using Orders.Contracts;
using Shared.Kernel;

namespace Billing;

/// <summary>
/// One order's money. Waiting (for the order and for its stock) → Capturing → Captured or Declined. Called off: Waiting → Void; Captured → Refunding → Refunded.
/// On invoice: Capturing → Owed → Captured when it is paid; called off while owed → Void, since no money has moved.
/// Once Capturing, the capture runs to its end whatever comes, since an earlier try whose answer was lost may have taken the money; what was taken is then given back.
/// A payment of which operators gave back parts, even all of it, is Captured: its order stands.
/// </summary>
public sealed record Payment : IRevisioned
{
    public const int MostRefunds = 50;

    /// <summary>The order's id.</summary>
    public required Guid Id { get; init; }
    public int Version { get; set; }
    public PaymentState State { get; init; } = PaymentState.Waiting;

    // What has arrived, each at most once and in any order.
    public bool Placed { get; init; }
    public bool Reserved { get; init; }
    public bool Cancelled { get; init; }

    public Guid? CustomerId { get; init; }
    public decimal Total { get; init; }
    public string Currency { get; init; } = "";
    public string Token { get; init; } = "";

    /// <summary>Until the invoice is issued, or never will be. Nor in payments whose orders were placed before there were invoices.</summary>
    public Bill? Bill { get; init; }

    /// <summary>One of <see cref="PaymentProviders"/>, chosen when the order was placed: by it the money is given back too. Null: the first one that there was.</summary>
    public string? Provider { get; init; }

    // On invoice: what is still to be paid and until when, and what was credited of it before it was paid.
    public decimal Owed { get; init; }
    public DateOnly? DueOn { get; init; }
    public decimal Credited { get; init; }

    public decimal Captured { get; init; }
    public decimal Refunded { get; init; }
    public string? Reference { get; init; }
    public string? DeclineReason { get; init; }

    /// <summary>None in payments that were refunded before there were parts.</summary>
    public IReadOnlyList<Refund> Refunds { get; init; } = [];

    /// <summary>What can still be given back: a refund counts from the moment it is asked for.</summary>
    [JsonIgnore]
    public decimal Refundable => Captured - Refunded - Refunds.Where(refund => !refund.Made).Sum(refund => refund.Amount);

    public Payment Place(OrderPlaced order, string provider) => (this with
    {
        Provider = provider,
        Placed = true, CustomerId = order.CustomerId, Total = order.Total, Currency = order.Currency, Token = order.PaymentToken,
        Bill = State == PaymentState.Void ? null : new Bill(order.Lines, order.Shipping, order.Country, order.To, order.TaxRate),
    }).Begin();

    public Payment Reserve() => (this with { Reserved = true }).Begin();

    public Payment Cancel() => this with
    {
        Cancelled = true,
        Bill = State == PaymentState.Waiting ? null : Bill,
        State = State switch
        {
            PaymentState.Waiting => PaymentState.Void,
            PaymentState.Captured => PaymentState.Refunding,
            _ => State,
        },
    };

    /// <summary>The provider took the money: kept, or given back at once if the order was cancelled meanwhile.</summary>
    public Payment Capture(string reference) => this with
    {
        State = Cancelled ? PaymentState.Refunding : PaymentState.Captured, Captured = Total, Reference = reference, Bill = null,
    };

    public Payment Decline(string reason) => this with { State = PaymentState.Declined, DeclineReason = reason, Bill = null };

    /// <summary>The order goes on, and its total is owed; nothing is if the order was cancelled meanwhile.</summary>
    public Payment Defer(DateOnly dueOn) => Cancelled
        ? this with { State = PaymentState.Void, Bill = null }
        : this with { State = PaymentState.Owed, Owed = Total, DueOn = dueOn, Bill = null };

    /// <summary>The customer has paid the invoice: all that is owed, or it is not taken for paid.</summary>
    /// <param name="reference">What the bank says of it.</param>
    public Payment Receive(decimal amount, string currency, string reference)
    {
        if (State != PaymentState.Owed)
            throw new RefusedException("payment.not-owed", $"The payment for order {Id} is {State.ToString().ToLowerInvariant()}: nothing is owed. Money that came all the same goes back to who sent it.");
        if (currency != Currency)
            throw new RefusedException("payment.other-currency", $"Order {Id} owes {Owed} {Currency}, not {currency}: record what it is worth in {Currency} as the bank changed it.");
        if (amount < Owed)
            throw new RefusedException("payment.too-little",
                $"Order {Id} owes {Owed} {Currency}, and {amount} is {Owed - amount} too little: record all of it when the rest has come, or credit the rest as a refund and record {amount} then.");
        if (amount > Owed)
            throw new RefusedException("payment.too-much", $"Order {Id} owes {Owed} {Currency}, and {amount} is {amount - Owed} too much: record {Owed}, and send the rest back to who sent it.");

        return this with { State = PaymentState.Captured, Captured = amount, Owed = 0, Reference = reference };
    }

    /// <summary>A part of what is owed, or all of it, is owed no more. No money moves; the order stands unless it is cancelled.</summary>
    public Payment Credit(Refund refund)
    {
        if (refund.Amount > Owed) throw new RefusedException("payment.refund-too-high", $"Order {Id} owes {Owed} {Currency} on invoice: at most that can be credited.");

        var owed = Owed - refund.Amount;
        return WithRoom() with
        {
            Owed = owed, Credited = Credited + refund.Amount, Refunds = [.. Refunds, refund with { Made = true, Credited = true }],
            State = owed > 0 ? State : Cancelled ? PaymentState.Void : PaymentState.Captured,
        };
    }

    /// <summary>An operator wants a part given back, of an order that stands.</summary>
    public Payment AskRefund(Refund refund)
    {
        if (State != PaymentState.Captured)
            throw new RefusedException("payment.not-captured", $"The payment for order {Id} is {State.ToString().ToLowerInvariant()}: only a captured one can be refunded in parts.");
        if (refund.Amount > Refundable)
            throw new RefusedException("payment.refund-too-high",
                $"Of the {Captured} {Currency} captured for order {Id}, {Captured - Refundable} are given back or being given back: at most {Refundable} can be refunded.");

        return WithRoom().Await(refund);
    }

    /// <summary>A refund that will be made; a rest, too, that an operator transfers.</summary>
    public Payment Await(Refund refund) => this with { Refunds = [.. Refunds, refund] };

    /// <summary>The order is cancelled: what no other refund gives back. Its id is the order's, so that it exists once.</summary>
    public Refund Rest(DateTimeOffset at) => new(Id, Refundable, "The order was cancelled.", at);

    /// <summary>The order is cancelled before it was paid: what is owed. Its id is the order's, as that of a rest.</summary>
    public Refund Unpaid(DateTimeOffset at) => new(Id, Owed, "The order was cancelled.", at);

    public RefundRequest Ask(Refund refund) => new(Id, refund.Id, refund.Amount, Currency, Reference ?? "");

    /// <summary>The provider has given it back.</summary>
    public Payment Make(Refund refund) => (this with
    {
        Refunded = Refunded + refund.Amount,
        Refunds = [.. Refunds.Where(other => other.Id != refund.Id), refund with { Made = true }],
    }).Settle();

    /// <summary>A cancelled order's payment is done with when all of it is given back: by its rest, or by a part that took longer.</summary>
    public Payment Settle() => State == PaymentState.Refunding && Refunded == Captured ? this with { State = PaymentState.Refunded } : this;

    // A cancellation always has room for the rest.
    private Payment WithRoom() => Refunds.Count < MostRefunds || Cancelled
        ? this
        : throw new RefusedException("payment.too-many-refunds", $"The payment for order {Id} has {MostRefunds} refunds, which is the most: cancel the order to give back the rest.");

    private Payment Begin() => State == PaymentState.Waiting && Placed && Reserved ? this with { State = PaymentState.Capturing } : this;
}

/// <summary>Money on its way back to the customer, or there.</summary>
/// <param name="Id">With the order's, the provider's idempotency key.</param>
/// <param name="Credited">It made an unpaid invoice less: no money moved.</param>
/// <param name="Reference">What the bank says of it, where an operator transferred it.</param>
public sealed record Refund(Guid Id, decimal Amount, string Reason, DateTimeOffset At, bool Made = false, bool Credited = false, string? Reference = null);

public enum PaymentState { Waiting, Capturing, Captured, Declined, Void, Refunding, Refunded, Owed }

internal static class PaymentDocuments
{
    /// <summary>The first message about an order, whichever it is, begins its payment.</summary>
    public static async Task<Payment> FindPayment(this IQuerySession db, Guid orderId, CancellationToken ct) =>
        await db.LoadAsync<Payment>(orderId, ct) ?? new Payment { Id = orderId };

    /// <summary>For whoever may see it.</summary>
    /// <exception cref="NotFoundException">There is none, or it is another customer's, or its order is not known yet and the caller is no operator.</exception>
    public static async Task<Payment> PaymentOf(this IQuerySession db, Guid orderId, Caller caller, CancellationToken ct)
    {
        var what = $"payment for order {orderId}";
        var payment = await db.LoadAsync<Payment>(orderId, ct) ?? throw new NotFoundException(what);
        caller.MustOwn(payment.CustomerId ?? Guid.Empty, what);
        return payment;
    }

    /// <summary>Against the version read: whoever loses a race to another message about the same order is run again and sees what that one did.</summary>
    public static void Keep(this IDocumentSession db, Payment payment)
    {
        if (payment.Version == 0) db.Insert(payment);
        else db.UpdateRevision(payment, payment.Version + 1);
    }
}
