namespace Orders;

/// <summary>How finely money can be moved: an order's amounts have two decimals at most, and in these currencies none.</summary>
internal static class CurrencyUnit
{
    // As those who move the money count, which is not always as ISO 4217 says: Billing's provider refuses a fraction.
    private static readonly HashSet<string> s_whole = ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"];

    public static int Decimals(string currency) => s_whole.Contains(currency) ? 0 : 2;
}
