namespace Billing.Contracts;

/// <summary>The provider has taken the order's total from the customer.</summary>
public sealed record PaymentCaptured(Guid OrderId, decimal Amount, string Currency);

/// <summary>The provider will not take the money.</summary>
public sealed record PaymentDeclined(Guid OrderId, string Reason);

/// <summary>The customer has the money back.</summary>
public sealed record PaymentRefunded(Guid OrderId, decimal Amount, string Currency);
