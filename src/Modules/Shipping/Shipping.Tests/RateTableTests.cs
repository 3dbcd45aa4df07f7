using Microsoft.Extensions.Configuration;
using Shared.Kernel;

namespace Shipping.Tests;

public sealed class RateTableTests
{
    [Theory]
    [InlineData("GB", 1, 3.95, 1, 2_000)]
    [InlineData("GB", 2_000, 3.95, 1, 2_000)]
    [InlineData("GB", 2_001, 6.95, 2_001, 10_000)]
    [InlineData("GB", 30_000, 11.95, 10_001, 30_000)]
    [InlineData("GB", 30_001, 15.90, 30_001, 32_000)]
    [InlineData("GB", 60_000, 23.90, 40_001, 60_000)]
    [InlineData("GB", 60_001, 27.85, 60_001, 62_000)]
    [InlineData("FR", 5_000, 19.95, 2_001, 10_000)]
    [InlineData("JP", 5_000, 34.95, 2_001, 10_000)]
    public void a_rate_is_by_country_and_weight_and_says_for_which_weights(string country, long grams, double amount, long from, long upTo)
    {
        var rate = Usual.For(country, grams, "GBP");

        Assert.Equal(((decimal)amount, "GBP", from, upTo), (rate.Amount, rate.Currency, rate.FromGrams, rate.UpToGrams));
    }

    [Fact]
    public void every_weight_of_a_rate_s_range_has_that_rate()
    {
        for (long grams = 1; grams < 100_000;)
        {
            var rate = Usual.For("FR", grams, "GBP");

            Assert.Equal(grams, rate.FromGrams);
            Assert.Equal(rate, Usual.For("FR", rate.UpToGrams, "GBP"));
            grams = rate.UpToGrams + 1;
        }
    }

    [Fact]
    public void nothing_to_carry_costs_nothing_in_any_currency() => Assert.Equal(new Rate(0, "EUR", "nothing to carry", 0, 0), Usual.For("JP", 0, "EUR"));

    [Fact]
    public void other_currencies_and_countries_without_a_zone_are_refused_by_name()
    {
        var table = Read(("Shipping:Zones:home:Countries", "GB,IE"), ("Shipping:Zones:home:Steps", "500=1.5,1000=2"));

        Assert.Contains("FR", Assert.Throws<RefusedException>(() => table.For("FR", 1, "GBP")).Message, StringComparison.Ordinal);
        Assert.Contains("EUR", Assert.Throws<RefusedException>(() => table.For("GB", 1, "EUR")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void a_table_of_the_shop_s_own_takes_the_usual_one_s_place()
    {
        var table = Read(("Shipping:Currency", "EUR"), ("Shipping:Zones:home:Countries", "DE"), ("Shipping:Zones:home:Steps", "500 = 1.5, 1000=2"), ("Shipping:Zones:away:Countries", "*"), ("Shipping:Zones:away:Steps", "1000=9"));

        Assert.Equal(new Rate(1.5m, "EUR", "home", 1, 500), table.For("DE", 500, "EUR"));
        Assert.Equal(new Rate(18, "EUR", "away", 1_001, 2_000), table.For("GB", 1_001, "EUR"));
    }

    [Fact]
    public void a_zone_may_be_free_from_a_total_on()
    {
        var table = Read(("Shipping:Zones:home:Countries", "GB"), ("Shipping:Zones:home:Steps", "500=1.5"), ("Shipping:Zones:home:FreeFrom", "50"), ("Shipping:Zones:away:Countries", "*"), ("Shipping:Zones:away:Steps", "500=9"));

        Assert.Equal(new Rate(3, "GBP", "home", 501, 1_000, FreeFrom: 50), table.For("GB", 600, "GBP"));
        Assert.Null(table.For("FR", 600, "GBP").FreeFrom);
    }

    [Fact]
    public void a_country_in_two_zones_is_named()
    {
        var faults = new List<string>();

        RateTable.Read(Configuration([("Shipping:Zones:a:Countries", "DE,FR"), ("Shipping:Zones:a:Steps", "500=1"), ("Shipping:Zones:b:Countries", "FR,*"), ("Shipping:Zones:b:Steps", "500=1")]), faults);

        Assert.Equal("Shipping:Zones names FR in 'a' and 'b': it must be in one zone only.", Assert.Single(faults));
    }

    [Theory]
    [InlineData("Shipping:Zones:home:FreeFrom", "0")]
    [InlineData("Shipping:Zones:home:FreeFrom", "much")]
    [InlineData("Shipping:Zones:home:FreeFrom", "1.001")]
    [InlineData("Shipping:Currency", "pounds")]
    [InlineData("Shipping:Zones:home:Countries", "Germany")]
    [InlineData("Shipping:Zones:home:Countries", "")]
    [InlineData("Shipping:Zones:home:Steps", "")]
    [InlineData("Shipping:Zones:home:Steps", "500")]
    [InlineData("Shipping:Zones:home:Steps", "500=cheap")]
    [InlineData("Shipping:Zones:home:Steps", "500=-1")]
    [InlineData("Shipping:Zones:home:Steps", "500=1.001")]
    [InlineData("Shipping:Zones:home:Steps", "0=1")]
    [InlineData("Shipping:Zones:home:Steps", "500=1,500=2")]
    public void a_setting_that_is_wrong_is_named(string setting, string value)
    {
        var faults = new List<string>();

        RateTable.Read(Configuration([("Shipping:Zones:home:Countries", "DE"), ("Shipping:Zones:home:Steps", "500=1"), (setting, value)]), faults);

        Assert.StartsWith(setting, Assert.Single(faults), StringComparison.Ordinal);
    }

    private static RateTable Usual => Read();

    private static RateTable Read(params (string, string)[] settings)
    {
        var faults = new List<string>();
        var table = RateTable.Read(Configuration(settings), faults);
        Assert.Empty(faults);
        return table;
    }

    private static IConfiguration Configuration((string Name, string Value)[] settings)
    {
        var values = new Dictionary<string, string?>();
        foreach (var (name, value) in settings) values[name] = value;
        return new ConfigurationBuilder().AddInMemoryCollection(values).Build();
    }
}
