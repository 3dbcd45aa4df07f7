using System.Text;
using ZXing.OneD;

namespace Shipping;

/// <summary>A text as Code 128, drawn as SVG: one path, no text, no script.</summary>
internal static class Barcode
{
    // Ten modules on either side stay white: readers need them.
    private const int Quiet = 10, Height = 40;

    /// <summary>Null for a text that Code 128 has no signs for.</summary>
    public static string? Svg(string text)
    {
        if (!text.All(c => c is >= ' ' and <= '~')) return null;

        var bars = new Code128Writer().encode(text);
        var path = new StringBuilder();
        for (var from = 0; from < bars.Length;)
        {
            var to = from;
            while (to < bars.Length && bars[to] == bars[from]) to++;
            if (bars[from]) path.Append($"M{Quiet + from} 0h{to - from}v{Height}h-{to - from}z");
            from = to;
        }

        return $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {bars.Length + 2 * Quiet} {Height}" preserveAspectRatio="none" shape-rendering="crispEdges" aria-hidden="true"><path d="{path}"/></svg>""";
    }
}
