namespace Billing;

/// <summary>
/// Who moves the money. The order's id is the idempotency key: asked again, the provider answers again and moves nothing.
/// A lost answer is an exception, and asking again is the way to learn it.
/// </summary>
public interface IPaymentProvider
{
    Task<CaptureAnswer> Capture(Guid orderId, decimal amount, string currency, string token, CancellationToken ct);

    /// <summary>Gives a part of what was captured back, or all of it. The order's id and the refund's together are the idempotency key.</summary>
    Task<RefundAnswer> Refund(RefundRequest request, CancellationToken ct);
}

/// <param name="Reference">What the provider knows the capture by.</param>
public sealed record RefundRequest(Guid OrderId, Guid RefundId, decimal Amount, string Currency, string Reference);

public abstract record CaptureAnswer;

/// <param name="Reference">What the provider knows the capture by.</param>
public sealed record CaptureTaken(string Reference) : CaptureAnswer;

public sealed record CaptureDeclined(string Reason) : CaptureAnswer;

/// <summary>The order goes on, and the money comes later.</summary>
/// <param name="Most">What the customer may owe at once.</param>
public sealed record CaptureDeferred(DateOnly DueOn, decimal Most) : CaptureAnswer;

public abstract record RefundAnswer;

public sealed record RefundMade : RefundAnswer;

/// <summary>An operator transfers it, and says so.</summary>
public sealed record RefundByHand : RefundAnswer;
