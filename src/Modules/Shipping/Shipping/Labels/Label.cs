using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Shipping;

/// <summary>A parcel's label as a page to print, 100 mm × 150 mm. Without scripts; what is not markup of this file is encoded.</summary>
internal static class Label
{
    private const string Style = """
        @page { size: 100mm 150mm; margin: 5mm } body { font: 4mm/1.3 sans-serif; max-width: 90mm; margin: auto } address { font-style: normal; overflow-wrap: anywhere }
        .to { font-size: 6mm; margin: 8mm 0; padding: 3mm; border: 0.5mm solid } .number { font: bold 4.5mm monospace; text-align: center; overflow-wrap: anywhere } svg { width: 100%; height: 20mm }
        """;

    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>Of the page's Content-Security-Policy: its one style sheet, and nothing else.</summary>
    public static string Policy { get; } = $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; frame-ancestors 'none'; base-uri 'none'";

    public static string Print(Address from, string fromCountry, Address to, string toCountry, Guid orderId, string trackingNumber) => Filled($"""
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><title>Label {trackingNumber}</title><style>{new Markup(Style)}</style></head><body>
        <address class="from">{Lines(from, fromCountry)}</address>
        <address class="to">{Lines(to, toCountry)}</address>
        {new Markup(Barcode.Svg(trackingNumber) ?? "")}
        <p class="number">{trackingNumber}</p>
        <p>Order {orderId}</p>
        </body></html>
        """);

    private static Markup Lines(Address address, string country) => new(Filled($"{address.Name}<br>{address.Street}<br>{address.PostalCode} {address.City}<br>{country}"));

    // A hole is text unless it says that it is markup.
    private static string Filled(FormattableString page) =>
        string.Format(page.Format, [.. page.GetArguments().Select(hole => hole is Markup markup ? markup.Text : Encoder.Encode($"{hole}"))]);

    private readonly record struct Markup(string Text);
}
