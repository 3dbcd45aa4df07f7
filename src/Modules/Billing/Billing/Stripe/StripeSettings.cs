using Microsoft.Extensions.Configuration;

namespace Billing;

/// <summary>Settings <c>Billing:Stripe:SecretKey</c>, <c>:WebhookSecret</c> and <c>:Api</c>. The secrets are needed with the provider <c>stripe</c>, and the key for as long as its payments may be refunded.</summary>
internal sealed record StripeSettings(string SecretKey, string WebhookSecret, Uri Api)
{
    private const string Section = "Billing:Stripe";

    private static readonly Uri s_usual = new("https://api.stripe.com");

    /// <summary>Every fault is added to <paramref name="faults"/>, and says no secret.</summary>
    public static StripeSettings Read(IConfiguration configuration, ICollection<string> faults)
    {
        if (PaymentProviders.Chosen(configuration) == StripeProvider.Name)
        {
            foreach (var (name, from) in (IEnumerable<(string, string)>)[("SecretKey", "the key of the shop's account"), ("WebhookSecret", "the signing secret of the endpoint /v1/billing/stripe/events")])
                if (string.IsNullOrWhiteSpace(configuration[$"{Section}:{name}"]))
                    faults.Add($"{Section}:{name} is missing, and the provider is stripe: give it {from}, from Stripe's dashboard.");
        }

        var api = s_usual;
        if (configuration[$"{Section}:Api"] is { } address && (!Uri.TryCreate(address, UriKind.Absolute, out api!) || api.Scheme is not ("http" or "https")))
            faults.Add($"{Section}:Api is '{address}': it must be an address, such as {s_usual.OriginalString}.");
        return new StripeSettings(configuration[$"{Section}:SecretKey"] ?? "", configuration[$"{Section}:WebhookSecret"] ?? "", api ?? s_usual);
    }
}
