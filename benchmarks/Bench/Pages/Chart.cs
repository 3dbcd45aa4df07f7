using System.Globalization;
using System.Security;
using System.Text;

namespace Bench;

/// <summary>Bars for each compared measure, with a line over the middle half of the rounds.</summary>
internal static class Chart
{
    private const int Width = 860, Names = 330, Bars = 400, Bar = 16, Row = 24, Head = 34, Gap = 14;

    public static string Draw(Measurement measurement)
    {
        var drawn = measurement.Measures.Where(measure => measure.Compared).ToArray();
        var svg = new StringBuilder();
        var y = Gap;
        foreach (var measure in drawn)
        {
            var rows = measurement.Results.Variants.Select(variant => (Name: variant, Spread: measurement.Results.Of(variant, measure))).Where(row => row.Spread is not null).ToArray();
            if (rows.Length == 0) continue;

            svg.Append($"""<text class="head" x="{Gap}" y="{y + 16}">{Escaped(measure.Name)}</text>""").Append('\n');
            y += Head;
            var scale = Bars / rows.Max(row => row.Spread!.High);
            foreach (var (name, spread) in rows)
            {
                Draw(svg, name, spread!, scale, y, name == measurement.Reference);
                y += Row;
            }

            y += Gap;
        }

        return $$"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{Width}} {{y}}" width="{{Width}}" height="{{y}}" role="img" aria-label="{{Escaped(measurement.Title)}}">
            <style>
              text { font: 12px system-ui, sans-serif; fill: #222 } .head { font-weight: 600; font-size: 13px }
              .bar { fill: #3b6fb6 } .reference { fill: #9aa5b1 } .spread { stroke: #222; stroke-width: 1.5 }
            </style>
            <rect width="100%" height="100%" fill="#fff"/>
            {{svg}}</svg>

            """;
    }

    private static void Draw(StringBuilder svg, string name, Spread spread, double scale, int y, bool isReference)
    {
        var middle = y + Bar / 2;
        svg.Append($"""<text x="{Names - 8}" y="{y + 12}" text-anchor="end">{Escaped(name)}</text>""");
        svg.Append($"""<rect class="{(isReference ? "reference" : "bar")}" x="{Names}" y="{y}" width="{At(spread.Median * scale)}" height="{Bar}"/>""");
        svg.Append($"""<line class="spread" x1="{At(Names + spread.Low * scale)}" y1="{middle}" x2="{At(Names + spread.High * scale)}" y2="{middle}"/>""");
        svg.Append($"""<text x="{At(Names + spread.High * scale + 8)}" y="{y + 12}">{Spread.Format(spread.Median)}</text>""").Append('\n');
    }

    private static string At(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    private static string Escaped(string text) => SecurityElement.Escape(text);
}
