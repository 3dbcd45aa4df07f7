using Microsoft.Extensions.Configuration;

namespace Billing;

/// <summary>
/// Who moves the money. The order's id is the idempotency key: asked again, the provider answers again and moves nothing.
/// A lost answer is an exception, and asking again is the way to learn it.
/// </summary>
public interface IPaymentProvider
{
    Task<CaptureAnswer> Capture(Guid orderId, decimal amount, string currency, string token, CancellationToken ct);

    /// <summary>Gives a part of what was captured back, or all of it. The order's id and the refund's together are the idempotency key.</summary>
    Task Refund(RefundRequest request, CancellationToken ct);
}

/// <param name="Reference">What the provider knows the capture by.</param>
public sealed record RefundRequest(Guid OrderId, Guid RefundId, decimal Amount, string Currency, string Reference);

public abstract record CaptureAnswer;

/// <param name="Reference">What the provider knows the capture by.</param>
public sealed record CaptureTaken(string Reference) : CaptureAnswer;

public sealed record CaptureDeclined(string Reason) : CaptureAnswer;

/// <summary>Setting <c>Billing:Provider</c> chooses one of these.</summary>
internal static class PaymentProviders
{
    private const string Setting = "Billing:Provider", Usual = "test";

    private static readonly Dictionary<string, Type> s_known = new() { ["test"] = typeof(TestProvider) };

    public static Type Chosen(IConfiguration configuration) => s_known[configuration[Setting] ?? Usual];

    public static IEnumerable<string> Faults(IConfiguration configuration)
    {
        if (configuration[Setting] is { } name && !s_known.ContainsKey(name))
            yield return $"{Setting} is '{name}', which is no payment provider. Known: {string.Join(", ", s_known.Keys)}.";
    }
}
