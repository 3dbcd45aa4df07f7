namespace Orders.Contracts;

/// <summary>How finely a currency is counted, by ISO 4217; but in whole ariary, as those who move money do.</summary>
public static class CurrencyUnit
{
    private static readonly HashSet<string> s_whole = ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"];
    private static readonly HashSet<string> s_thousandths = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

    /// <summary>The digits behind the point.</summary>
    public static int Decimals(string currency) => s_whole.Contains(currency) ? 0 : s_thousandths.Contains(currency) ? 3 : 2;
}
