using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Orders.Contracts;

namespace Billing;

/// <summary>An invoice or a credit note as a page to read or to print on A4. Without scripts, and nothing from elsewhere; what is not markup of this file is encoded.</summary>
internal static class InvoicePage
{
    private const string Style = """
        @page { size: A4; margin: 20mm } body { font: 11pt/1.4 sans-serif; color: #000; background: #fff; max-width: 170mm; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere }
        h1 { font-size: 18pt; margin: 12mm 0 6mm } address { font-style: normal } .to { margin-top: 12mm } .warning { border: 1px solid; padding: 3mm; font-weight: bold }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: 1mm 6mm; margin: 0 0 8mm } dd { margin: 0 }
        table { width: 100%; border-collapse: collapse } caption { text-align: left; padding-bottom: 2mm } tr { break-inside: avoid } tfoot { display: table-row-group }
        th, td { padding: 1.5mm 2mm; text-align: left; vertical-align: top; border-bottom: 1px solid #767676 } tbody th, tfoot th { font-weight: normal } .number { text-align: right; white-space: nowrap }
        .total > * { font-weight: bold; border-bottom: 2px solid } @media print { body { margin: 0; padding: 0; max-width: none } }
        """;

    private static readonly HtmlEncoder s_encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private static readonly string s_policy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    public static ContentHttpResult Answer(HttpResponse response, InvoiceKind kind, IssuedInvoice issued)
    {
        response.Headers.ContentSecurityPolicy = s_policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.CacheControl = "no-store";
        return TypedResults.Text(Html(kind, issued), "text/html; charset=utf-8");
    }

    public static string Html(InvoiceKind kind, IssuedInvoice issued)
    {
        var invoice = issued.Invoice;
        var title = $"{(kind == InvoiceKind.Invoice ? "Invoice" : "Credit note")} {issued.Number}";

        return Filled($"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title><style>{new Markup(Style)}</style></head>
            <body><main>
            {SellerOf(invoice)}{BuyerOf(invoice)}<h1>{title}</h1>
            <dl>
            <dt>Date</dt><dd>{Day(issued.At)}</dd>
            <dt>Order</dt><dd>{invoice.OrderId}</dd>
            <dt>Customer</dt><dd>{invoice.CustomerId}</dd>
            {Said("Tax number", invoice.Seller?.TaxNumber)}{Said("Payable until", invoice.DueOn?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))}{Said("Payable to", invoice.DueOn is null ? null : invoice.Seller?.BankAccount)}{Said("Credits invoice", invoice.Credits)}{Said("Reason", invoice.Reason)}</dl>
            <table><caption>Amounts in {invoice.Currency}</caption>
            <thead><tr><th scope="col">Item</th><th scope="col" class="number">Quantity</th><th scope="col" class="number">Price</th><th scope="col" class="number">Amount</th></tr></thead>
            <tbody>
            {Rows(kind, invoice)}</tbody>
            <tfoot>
            {Sums(invoice)}</tfoot></table>
            </main></body></html>

            """);
    }

    private static Markup SellerOf(Invoice invoice) => invoice.Seller is { } seller
        ? new(Filled($"<address><strong>{seller.Name}</strong><br>{seller.Street}<br>{seller.PostalCode} {seller.City}<br>{seller.Country}</address>\n"))
        : new("<p class=\"warning\">The seller's name and address were not set when this was issued (settings Billing:Seller).</p>\n");

    private static Markup BuyerOf(Invoice invoice) => invoice.To is { } to
        ? new(Filled($"<address class=\"to\">{to.Name}<br>{to.Street}<br>{to.PostalCode} {to.City}<br>{invoice.Country}</address>\n"))
        : default;

    private static Markup Said(string what, string? text) => string.IsNullOrEmpty(text) ? default : new(Filled($"<dt>{what}</dt><dd>{text}</dd>\n"));

    private static Markup Rows(InvoiceKind kind, Invoice invoice)
    {
        var rows = new StringBuilder();
        foreach (var line in invoice.Lines) rows.Append(Row(ItemOf(line), line.Quantity.ToString(CultureInfo.InvariantCulture), Money(line.UnitPrice), line.Amount));
        if (invoice.Lines.Count == 0) rows.Append(Row(kind == InvoiceKind.Invoice ? "Goods" : "Credited", "", "", invoice.Total - invoice.Shipping));
        if (invoice.Shipping != 0) rows.Append(Row("Shipping", "", "", invoice.Shipping));
        return new(rows.ToString());
    }

    private static Markup Sums(Invoice invoice) => new((invoice is { TaxRate: { } rate, Tax: { } tax }
        ? Sum("", "Without tax", invoice.Total - tax) + Sum("", $"Tax {rate.ToString("0.###", CultureInfo.InvariantCulture)} %{(invoice.Country is null ? "" : $", {invoice.Country}")}", tax)
        : "") + Sum("total", "Total", invoice.Total));

    private static Markup ItemOf(OrderLine line) => new(line.Name is { } name ? Filled($"{name}<br><small>{line.Sku}</small>") : Filled($"{line.Sku}"));

    private static string Row(object item, string quantity, string price, decimal amount) => Filled(
        $"<tr><th scope=\"row\">{item}</th><td class=\"number\">{quantity}</td><td class=\"number\">{price}</td><td class=\"number\">{Money(amount)}</td></tr>\n");

    private static string Sum(string kind, string what, decimal amount) => Filled($"<tr class=\"{kind}\"><th scope=\"row\" colspan=\"3\">{what}</th><td class=\"number\">{Money(amount)}</td></tr>\n");

    private static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    // Two decimals, or more if there are.
    private static string Money(decimal amount) => amount.ToString("0.00##", CultureInfo.InvariantCulture);

    // A hole is text unless it says that it is markup.
    private static string Filled(FormattableString page) =>
        string.Format(CultureInfo.InvariantCulture, page.Format, [.. page.GetArguments().Select(hole => hole is Markup markup ? markup.Text ?? "" : s_encoder.Encode($"{hole}"))]);

    private readonly record struct Markup(string? Text);
}
