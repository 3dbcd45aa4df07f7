using System.Text;
using ZXing;
using ZXing.QrCode;

namespace Users;

/// <summary>A text as a QR code, drawn as SVG: dark on white in whatever colours the page has.</summary>
internal static class QrCode
{
    public static Html Svg(string text, string label)
    {
        // With its own white margin.
        var dots = new QRCodeWriter().encode(text, BarcodeFormat.QR_CODE, 0, 0);
        var path = new StringBuilder();
        for (var y = 0; y < dots.Height; y++)
            for (var from = 0; from < dots.Width;)
            {
                var to = from;
                while (to < dots.Width && dots[to, y] == dots[from, y]) to++;
                if (dots[from, y]) path.Append($"M{from} {y}h{to - from}v1h-{to - from}z");
                from = to;
            }

        return new($"""<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{Html.Encoded(label)}" width="240" height="240" viewBox="0 0 {dots.Width} {dots.Height}" shape-rendering="crispEdges"><rect width="100%" height="100%" fill="#fff"/><path fill="#000" d="{path}"/></svg>""");
    }
}
