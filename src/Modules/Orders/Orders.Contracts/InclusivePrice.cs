namespace Orders.Contracts;

/// <summary>A price that includes its tax: one calculation, so that quote, invoice and credit notes agree.</summary>
public static class InclusivePrice
{
    /// <summary>Rounded half away from zero to the decimals that the currency has.</summary>
    /// <param name="rate">Percent of what is left without it.</param>
    public static decimal TaxIn(decimal price, decimal rate, string currency) => Math.Round(price * rate / (100 + rate), CurrencyUnit.Decimals(currency), MidpointRounding.AwayFromZero);
}
