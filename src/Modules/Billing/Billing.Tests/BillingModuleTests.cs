using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Tests;

public sealed class BillingModuleTests
{
    [Fact]
    public void an_unknown_provider_stops_the_start_and_the_known_ones_are_named()
    {
        var fault = Assert.Single(new BillingModule().Faults(Settings("paypall"), "Production"));

        Assert.Equal("Billing:Provider is 'paypall', which is no payment provider. Known: test, stripe.", fault);
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
    public void stripe_without_its_secrets_stops_the_start()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("Billing:Provider", "stripe"), new("Billing:Stripe:Api", "stripe")]).Build();

        var faults = new BillingModule().Faults(settings, "Production").ToList();

        Assert.Equal(3, faults.Count);
        foreach (var setting in (string[])["SecretKey is missing", "WebhookSecret is missing", "Api is 'stripe'"]) Assert.Single(faults, fault => fault.StartsWith($"Billing:Stripe:{setting}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Limit", "a lot", "Billing:OnInvoice:Limit is 'a lot'")]
    [InlineData("Limit", "-1", "Billing:OnInvoice:Limit is '-1'")]
    [InlineData("Days", "366", "Billing:OnInvoice:Days is '366'")]
    [InlineData("Limit", "100", "Billing:OnInvoice:Limit lets customers pay on invoice, but Billing:Seller:BankAccount does not say where to")]
    public void payment_on_invoice_that_cannot_be_stops_the_start(string setting, string value, string fault)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new($"Billing:OnInvoice:{setting}", value)]).Build();

        Assert.StartsWith(fault, Assert.Single(new BillingModule().Faults(settings, "Production")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "invoice", "test")]
    [InlineData("0", "invoice", "test")]
    [InlineData("0.01", "invoice", "invoice")]
    [InlineData("0.01", "test-ok", "test")]
    public void who_wants_to_pay_on_invoice_does_if_anybody_may(string? limit, string token, string provider)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("Billing:OnInvoice:Limit", limit)]).Build();
        var services = new ServiceCollection().AddSingleton<IConfiguration>(settings);
        PaymentProviders.Add(services, settings);
        using var built = services.BuildServiceProvider();

        Assert.Equal(provider, built.GetRequiredService<PaymentProviders>().For(token));
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
