using Shared.Kernel;

namespace Billing;

/// <summary>An amount as Stripe counts it: in the currency's smallest unit.</summary>
internal static class MinorUnits
{
    // As Stripe charges them, which is not always as ISO 4217 says.
    private static readonly HashSet<string> s_whole = ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"];
    private static readonly HashSet<string> s_thousandths = ["BHD", "JOD", "KWD", "OMR", "TND"];

    /// <exception cref="RefusedException">It is no whole number of them.</exception>
    public static long Of(decimal amount, string currency)
    {
        var units = amount * (s_whole.Contains(currency) ? 1 : s_thousandths.Contains(currency) ? 1000 : 100);
        return units == decimal.Truncate(units)
            ? (long)units
            : throw new RefusedException("provider.fraction", $"{amount} {currency} is no whole number of the currency's smallest unit: Stripe cannot move it.");
    }
}
