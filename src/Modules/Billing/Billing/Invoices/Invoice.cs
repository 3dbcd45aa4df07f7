using Orders.Contracts;

namespace Billing;

/// <summary>What an order's invoice will say, as it was agreed when the order was placed.</summary>
/// <param name="TaxRate">Percent that the prices include; null where the shop has no rate.</param>
public sealed record Bill(IReadOnlyList<OrderLine> Lines, decimal Shipping, string? Country, DeliveryAddress? To, decimal? TaxRate);

internal enum InvoiceKind { Invoice, CreditNote }

/// <summary>An invoice, or the note of what was credited of one, as it was when it was issued: no setting changed later alters it. Number and date are its row's.</summary>
internal sealed record Invoice
{
    public required Guid OrderId { get; init; }
    public required Guid CustomerId { get; init; }

    /// <summary>Null: it was not set when this was issued.</summary>
    public Seller? Seller { get; init; }
    public DeliveryAddress? To { get; init; }
    public string? Country { get; init; }
    public required string Currency { get; init; }

    /// <summary>None on a credit note, and on the invoice of an order that was placed before they were kept.</summary>
    public IReadOnlyList<OrderLine> Lines { get; init; } = [];
    public decimal Shipping { get; init; }

    /// <summary>Lines, shipping and the tax in both.</summary>
    public required decimal Total { get; init; }
    public decimal? TaxRate { get; init; }
    public decimal? Tax { get; init; }

    /// <summary>An invoice's that is still to be paid when it is issued.</summary>
    public DateOnly? DueOn { get; init; }

    /// <summary>A credit note's.</summary>
    public string? Reason { get; init; }

    /// <summary>A credit note's: the number of the invoice that it takes from. None if that was paid before there were invoices.</summary>
    public string? Credits { get; init; }

    /// <summary>Of a payment that still has its bill.</summary>
    public static Invoice Of(Payment payment, InvoiceSettings settings) => new()
    {
        OrderId = payment.Id, CustomerId = payment.CustomerId ?? Guid.Empty, Seller = settings.Seller, To = payment.Bill?.To, Country = payment.Bill?.Country,
        Currency = payment.Currency, Lines = payment.Bill?.Lines ?? [], Shipping = payment.Bill?.Shipping ?? 0, Total = payment.Total,
        TaxRate = payment.Bill?.TaxRate, Tax = payment.Bill?.TaxRate is { } rate ? InclusivePrice.TaxIn(payment.Total, rate, payment.Currency) : null,
    };

    /// <summary>At the rate of the invoice that it takes from. The tax of all its notes together is that of their sum: rounding leaves nothing behind when all is credited.</summary>
    /// <param name="before">What was credited already.</param>
    public static Invoice Credit(Payment payment, Refund refund, decimal before, IssuedInvoice? of, InvoiceSettings settings) => new()
    {
        OrderId = payment.Id, CustomerId = payment.CustomerId ?? Guid.Empty, Seller = settings.Seller, To = of?.Invoice.To, Country = of?.Invoice.Country,
        Currency = payment.Currency, Total = refund.Amount,
        TaxRate = of?.Invoice.TaxRate, Tax = of?.Invoice.TaxRate is { } rate ? InclusivePrice.TaxIn(before + refund.Amount, rate, payment.Currency) - InclusivePrice.TaxIn(before, rate, payment.Currency) : null,
        Reason = refund.Reason, Credits = of?.Number,
    };
}

/// <summary>An invoice with what its row gave it.</summary>
internal sealed record IssuedInvoice(string Number, DateTimeOffset At, Invoice Invoice);
