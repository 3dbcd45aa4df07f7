using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Billing;

/// <summary>Setting <c>Billing:Provider</c> chooses who is asked for an order's money; a payment keeps who was, and is given back by the same. On invoice is a provider too, chosen by the customer.</summary>
public sealed class PaymentProviders(IServiceProvider services, IConfiguration configuration)
{
    private const string Setting = "Billing:Provider", First = TestProvider.Name;

    private static readonly string[] s_known = [TestProvider.Name, StripeProvider.Name];

    internal static void Add(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(OnInvoiceSettings.Read(configuration, []));
        services.AddKeyedSingleton<IPaymentProvider, TestProvider>(TestProvider.Name);
        services.AddSingleton(StripeSettings.Read(configuration, []));
        services.AddKeyedSingleton<IPaymentProvider, StripeProvider>(StripeProvider.Name);
        services.AddKeyedSingleton<IPaymentProvider, OnInvoice>(OnInvoice.Name);
        services.AddSingleton<PaymentProviders>();
    }

    internal static string Chosen(IConfiguration configuration) => configuration[Setting] ?? First;

    internal static IEnumerable<string> Faults(IConfiguration configuration)
    {
        if (!s_known.Contains(Chosen(configuration)))
            yield return $"{Setting} is '{Chosen(configuration)}', which is no payment provider. Known: {string.Join(", ", s_known)}.";
    }

    public string For(string token) => token == OnInvoice.Token && services.GetRequiredService<OnInvoiceSettings>().Limit > 0 ? OnInvoice.Name : Chosen(configuration);

    public IPaymentProvider Of(Payment payment) => services.GetRequiredKeyedService<IPaymentProvider>(payment.Provider ?? First);
}
