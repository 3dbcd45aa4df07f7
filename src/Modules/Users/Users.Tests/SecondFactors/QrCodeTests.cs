using System.Globalization;
using System.Text.RegularExpressions;
using ZXing.Common;
using ZXing.QrCode.Internal;

namespace Users.Tests;

public sealed partial class QrCodeTests
{
    private const int Margin = 4;

    [Theory]
    [InlineData("Otto's Shop")]
    [InlineData("Käse & Brot: Ost")]
    public void what_is_drawn_is_the_address_that_a_telephone_takes(string shop)
    {
        var address = Totps.Address(Totps.NewSecret(), "olga+ops@example.com", shop);

        var svg = QrCode.Svg(address, "<label>").Text;

        Assert.StartsWith("otpauth://totp/", address, StringComparison.Ordinal);
        Assert.Equal(address, new Decoder().decode(Dots(svg), null).Text);
        Assert.Contains("aria-label=\"&lt;label&gt;\"", svg, StringComparison.Ordinal);
    }

    /// <summary>The picture without its white margin, which must be there.</summary>
    private static BitMatrix Dots(string svg)
    {
        var size = Number(Size().Match(svg).Groups[1]);
        var dots = new BitMatrix(size - 2 * Margin);
        foreach (Match run in Run().Matches(svg))
            for (var x = 0; x < Number(run.Groups[3]); x++) dots[Number(run.Groups[1]) - Margin + x, Number(run.Groups[2]) - Margin] = true;
        return dots;

        static int Number(Group group) => int.Parse(group.Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex("viewBox=\"0 0 ([0-9]+) ")]
    private static partial Regex Size();

    [GeneratedRegex("M([0-9]+) ([0-9]+)h([0-9]+)v1")]
    private static partial Regex Run();
}
