namespace Billing.Contracts;

/// <summary>The provider has taken the order's total from the customer; of an order on invoice, the customer has paid it, less what was credited before.</summary>
public sealed record PaymentCaptured(Guid OrderId, decimal Amount, string Currency);

/// <summary>The customer pays on invoice: the order goes on, and its total is owed until the end of that day (UTC). What is paid in the end is told as captured.</summary>
public sealed record PaymentDeferred(Guid OrderId, decimal Amount, string Currency, DateOnly DueOn);

/// <summary>An invoice is still to be paid some days after it was due. Told once for each of these days that the shop has set.</summary>
/// <param name="Owed">What is still to be paid of it.</param>
/// <param name="Stage">1 for the first reminder; one may be left out that a later one overtook.</param>
public sealed record ReminderIssued(Guid OrderId, string InvoiceNumber, decimal Owed, string Currency, DateOnly DueOn, int Stage);

/// <summary>The provider will not take the money.</summary>
public sealed record PaymentDeclined(Guid OrderId, string Reason);

/// <summary>The customer has the money back.</summary>
/// <param name="RefundId">Tells this refund from others of the order. Not said before it was.</param>
public sealed record PaymentRefunded(Guid OrderId, decimal Amount, string Currency, Guid? RefundId = null);
