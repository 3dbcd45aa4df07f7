using Microsoft.Extensions.Configuration;

namespace Orders.Tests;

public sealed class TaxRatesTests
{
    [Theory]
    [InlineData("20", "120", "20.00")]
    [InlineData("20", "9.98", "1.66")]
    [InlineData("19", "0.01", "0.00")]
    [InlineData("7.7", "10.77", "0.77")]
    [InlineData("25", "0.13", "0.03")]
    [InlineData("100", "0.01", "0.01")]
    [InlineData("0", "50", "0.00")]
    [InlineData("10", "1000", "91", "JPY")]
    [InlineData("10", "10", "0.909", "KWD")]
    public void the_tax_is_in_the_price_and_rounded_half_away_from_zero(string rate, string total, string tax, string currency = "EUR") =>
        Assert.Equal(new IncludedTax(Parsed(rate), Parsed(tax)), TaxRates.From(Settings(("Orders:Tax:GB", rate))).In(Parsed(total), "GB", currency));

    [Fact]
    public void nothing_is_said_of_a_country_without_a_rate()
    {
        var rates = TaxRates.From(Settings(("Orders:Tax:GB", "20"), ("Orders:Tax:de", "19")));

        Assert.Null(rates.In(100, "FR", "EUR"));
        Assert.Equal(19, rates.In(100, "DE", "EUR")!.Rate);
        Assert.Null(TaxRates.From(Settings()).In(100, "GB", "EUR"));
    }

    [Theory]
    [InlineData("Orders:Tax:GB", "a lot")]
    [InlineData("Orders:Tax:GB", "-1")]
    [InlineData("Orders:Tax:GB", "100.1")]
    [InlineData("Orders:Tax:GB", "1.2345")]
    [InlineData("Orders:Tax:GBR", "20")]
    [InlineData("Orders:Tax:G1", "20")]
    public void a_rate_that_cannot_be_is_a_fault_that_names_its_setting(string setting, string rate)
    {
        Assert.Contains($"{setting} is '{rate}'", Assert.Single(new OrdersModule().Faults(Settings((setting, rate)), "Production")));
        Assert.Throws<FormatException>(() => TaxRates.From(Settings((setting, rate))));
    }

    private static decimal Parsed(string number) => decimal.Parse(number, System.Globalization.CultureInfo.InvariantCulture);

    private static IConfiguration Settings(params (string Name, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value))).Build();
}
