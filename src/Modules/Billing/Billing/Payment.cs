using JasperFx;
using Marten;

namespace Billing;

/// <summary>
/// One order's money. Waiting (for the order and for its stock) → Capturing → Captured or Declined. Called off: Waiting → Void; Captured → Refunding → Refunded.
/// Once Capturing, the capture runs to its end whatever comes, since an earlier try whose answer was lost may have taken the money; what was taken is then given back.
/// </summary>
public sealed record Payment : IRevisioned
{
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

    public decimal Captured { get; init; }
    public decimal Refunded { get; init; }
    public string? Reference { get; init; }
    public string? DeclineReason { get; init; }

    public Payment Place(Guid customerId, decimal total, string currency, string token) =>
        (this with { Placed = true, CustomerId = customerId, Total = total, Currency = currency, Token = token }).Begin();

    public Payment Reserve() => (this with { Reserved = true }).Begin();

    public Payment Cancel() => this with
    {
        Cancelled = true,
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
        State = Cancelled ? PaymentState.Refunding : PaymentState.Captured, Captured = Total, Reference = reference,
    };

    public Payment Decline(string reason) => this with { State = PaymentState.Declined, DeclineReason = reason };

    public Payment Refund() => this with { State = PaymentState.Refunded, Refunded = Captured };

    private Payment Begin() => State == PaymentState.Waiting && Placed && Reserved ? this with { State = PaymentState.Capturing } : this;
}

public enum PaymentState { Waiting, Capturing, Captured, Declined, Void, Refunding, Refunded }

internal static class PaymentDocuments
{
    /// <summary>The first message about an order, whichever it is, begins its payment.</summary>
    public static async Task<Payment> FindPayment(this IQuerySession db, Guid orderId, CancellationToken ct) =>
        await db.LoadAsync<Payment>(orderId, ct) ?? new Payment { Id = orderId };

    /// <summary>Against the version read: whoever loses a race to another message about the same order is run again and sees what that one did.</summary>
    public static void Keep(this IDocumentSession db, Payment payment)
    {
        if (payment.Version == 0) db.Insert(payment);
        else db.UpdateRevision(payment, payment.Version + 1);
    }
}
