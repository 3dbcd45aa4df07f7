namespace Orders.Contracts;

/// <summary>A price that includes its tax: one calculation, so that quote, invoice and credit notes agree.</summary>
public static class InclusivePrice
{
    // ISO 4217; all others have two decimals.
    private static readonly HashSet<string> s_whole = ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"];
    private static readonly HashSet<string> s_thousandths = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

    /// <summary>Rounded half away from zero to the decimals that the currency has.</summary>
    /// <param name="rate">Percent of what is left without it.</param>
    public static decimal TaxIn(decimal price, decimal rate, string currency) =>
        Math.Round(price * rate / (100 + rate), s_whole.Contains(currency) ? 0 : s_thousandths.Contains(currency) ? 3 : 2, MidpointRounding.AwayFromZero);
}
