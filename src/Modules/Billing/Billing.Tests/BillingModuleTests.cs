using Microsoft.Extensions.Configuration;

namespace Billing.Tests;

public sealed class BillingModuleTests
{
    [Fact]
    public void an_unknown_provider_stops_the_start_and_the_known_ones_are_named()
    {
        var fault = Assert.Single(new BillingModule().Faults(Settings("paypall"), "Production"));

        Assert.Equal("Billing:Provider is 'paypall', which is no payment provider. Known: test.", fault);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("test")]
    public void the_test_provider_is_known_and_the_usual_one(string? setting) => Assert.Empty(new BillingModule().Faults(Settings(setting), "Production"));

    [Fact]
    public void half_a_seller_stops_the_start_and_what_is_missing_is_named()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("Billing:Seller:Name", "Tea"), new("Billing:Seller:Country", "gb"), new("Billing:Seller:TaxNumber", new string('1', 101))]).Build();

        var faults = new BillingModule().Faults(settings, "Production").ToList();

        Assert.Equal(5, faults.Count);
        foreach (var part in (string[])["Street", "PostalCode", "City", "Country", "TaxNumber"]) Assert.Single(faults, fault => fault.StartsWith($"Billing:Seller:{part} is '", StringComparison.Ordinal));
    }

    [Fact]
    public void a_posting_is_the_same_for_the_same_order_and_kind_and_no_other()
    {
        var (one, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());

        Assert.Equal(Ledger.PostingOf(one, "capture"), Ledger.PostingOf(one, "capture"));
        Assert.Equal(3, new[] { Ledger.PostingOf(one, "capture"), Ledger.PostingOf(one, "refund"), Ledger.PostingOf(other, "capture") }.Distinct().Count());
    }

    private static IConfiguration Settings(string? provider) => new ConfigurationBuilder().AddInMemoryCollection([new("Billing:Provider", provider)]).Build();
}
