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
    public void a_posting_is_the_same_for_the_same_order_and_kind_and_no_other()
    {
        var (one, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());

        Assert.Equal(Ledger.PostingOf(one, "capture"), Ledger.PostingOf(one, "capture"));
        Assert.Equal(3, new[] { Ledger.PostingOf(one, "capture"), Ledger.PostingOf(one, "refund"), Ledger.PostingOf(other, "capture") }.Distinct().Count());
    }

    private static IConfiguration Settings(string? provider) => new ConfigurationBuilder().AddInMemoryCollection([new("Billing:Provider", provider)]).Build();
}
