using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using ZXing.Common;
using ZXing.OneD;

namespace Shipping.Tests;

public sealed partial class LabelTests
{
    private const string Hostile = """</title><script>alert(1)</script>"'&{0}{{style}}<img src=x onerror=alert(1)>""";

    private static readonly Address Harmless = new("Ada", "Street", "Code", "City");

    [Fact]
    public void nothing_that_comes_into_a_label_is_markup()
    {
        var hostile = new Address(Hostile, Hostile, Hostile, Hostile);
        var order = Guid.CreateVersion7();

        var page = Label.Print(hostile, Hostile, hostile, Hostile, order, Hostile);

        Assert.Equal(Tags(Label.Print(Harmless, "GB", Harmless, "GB", order, Hostile.Replace('<', '('))), Tags(page));
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(12, Regex.Count(page, "&lt;script&gt;alert\\(1\\)&lt;/script&gt;&quot;&#x27;&amp;\\{0\\}\\{\\{style\\}\\}&lt;img"));
    }

    [Fact]
    public void letters_of_any_script_stay_readable()
    {
        var page = Label.Print(Harmless, "GB", new Address("Zoë Łukasz 李", "Παπάγου 1", "11111", "Αθήνα"), "GR", Guid.CreateVersion7(), "T-1");

        Assert.Contains("Zoë Łukasz 李<br>Παπάγου 1<br>11111 Αθήνα<br>GR", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("T-1")]
    [InlineData("MOD-019BC0FFEE00700080000123456789AB")]
    [InlineData("\"<&>'~ 99999999")]
    public void a_reader_reads_the_tracking_number_from_the_barcode(string number)
    {
        var svg = Barcode.Svg(number)!;

        var row = new BitArray(int.Parse(ViewBox().Match(svg).Groups[1].Value));
        foreach (Match bar in Bar().Matches(svg)) row.setRange(int.Parse(bar.Groups[1].Value), int.Parse(bar.Groups[1].Value) + int.Parse(bar.Groups[2].Value));
        Assert.Equal(number, new Code128Reader().decodeRow(0, row, null)?.Text);
    }

    [Fact]
    public void a_number_that_no_barcode_can_say_is_shown_as_text_alone()
    {
        var page = Label.Print(Harmless, "GB", Harmless, "GB", Guid.CreateVersion7(), "Ü-1");

        Assert.Contains(">Ü-1<", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<svg", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Name", "")]
    [InlineData("Street", " ")]
    [InlineData("PostalCode", "a\nb")]
    [InlineData("Country", "England")]
    public void a_sender_that_is_wrong_or_incomplete_is_named(string part, string value)
    {
        var faults = new List<string>();

        LabelSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(ShippingUnderTest.Settings) { [$"Shipping:Sender:{part}"] = value }).Build(), faults);

        Assert.StartsWith($"Shipping:Sender:{part} is '{value}'", Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public void no_sender_is_no_fault()
    {
        var faults = new List<string>();

        Assert.Null(LabelSettings.Read(new ConfigurationBuilder().Build(), faults).Sender);
        Assert.Empty(faults);
    }

    private static string Tags(string page) => string.Concat(Tag().Matches(page).Select(tag => tag.Value).Where(tag => !tag.StartsWith("<path", StringComparison.Ordinal) && !tag.StartsWith("<svg", StringComparison.Ordinal)));

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex("""viewBox="0 0 (\d+) """)]
    private static partial Regex ViewBox();

    [GeneratedRegex(@"M(\d+) 0h(\d+)v")]
    private static partial Regex Bar();
}
