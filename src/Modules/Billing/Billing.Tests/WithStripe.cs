using Shared.Testing;

namespace Billing.Tests;

/// <summary>The module with Stripe for its provider, and a stand-in for Stripe.</summary>
public sealed class WithStripe : IAsyncLifetime
{
    public const string Secret = "whsec_1";

    public StandInStripe Stripe { get; private set; } = null!;
    public ModuleUnderTest Module { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Stripe = await StandInStripe.StartAsync();
        Module = await ModuleUnderTest.StartAsync(new BillingModule(), new Dictionary<string, string?>
        {
            ["Billing:Provider"] = "stripe",
            ["Billing:Stripe:SecretKey"] = StandInStripe.Key,
            ["Billing:Stripe:WebhookSecret"] = Secret,
            ["Billing:Stripe:Api"] = Stripe.Address.ToString(),
        });
    }

    public async ValueTask DisposeAsync()
    {
        await Module.DisposeAsync();
        await Stripe.DisposeAsync();
    }
}
