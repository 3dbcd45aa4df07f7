using Billing.Contracts;
using Inventory.Contracts;
using Marten;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orders.Contracts;
using Shared.Kernel;

namespace Billing;

/// <summary>One payment per order, taken and given back through a provider, and the ledger of what was moved.</summary>
public sealed class BillingModule : Module
{
    public override string Name => "billing";

    public override void Messages(MessageMap messages) => messages
        .Publishes<PaymentCaptured>()
        .Publishes<PaymentDeferred>()
        .Publishes<PaymentDeclined>()
        .Publishes<ReminderIssued>()
        .Publishes<PaymentRefunded>()
        .Reacts<OrderPlaced>("when-order-placed", typeof(WhenOrderPlaced))
        .Reacts<StockReserved>("when-stock-reserved", typeof(WhenStockReserved))
        .Reacts<OrderCancelled>("when-order-cancelled", typeof(WhenOrderCancelled))
        .Reacts<OrderPartLost>("when-order-part-lost", typeof(WhenOrderPartLost))
        .Does<CapturePayment>("capture-payment", typeof(WhenCapturePayment))
        .Does<RefundPayment>("refund-payment", typeof(WhenRefundPayment))
        .Does<MakeRefund>("make-refund", typeof(WhenMakeRefund));

    public override void Services(IServiceCollection services, IConfiguration configuration)
    {
        PaymentProviders.Add(services, configuration);
        services.AddSingleton(InvoiceSettings.Read(configuration, []));
        services.AddHostedService<ReminderSweep>();
        services.AddMediator(options =>
        {
            options.Namespace = "Billing";
            options.GenerateTypesAsInternal = true;
            options.ServiceLifetime = ServiceLifetime.Scoped;
        });
    }

    public override void Store(StoreOptions store)
    {
        store.Schema.For<Payment>().UseNumericRevisions(true);
        store.Storage.ExtendedSchemaObjects.Add(Ledger.Table(Name));
        store.Storage.ExtendedSchemaObjects.Add(TestProvider.Table(Name));
        store.Storage.ExtendedSchemaObjects.Add(StripeProvider.Table(Name));
        store.Storage.ExtendedSchemaObjects.Add(OpenItems.Table(Name));
        foreach (var table in InvoiceBook.Tables(Name)) store.Storage.ExtendedSchemaObjects.Add(table);
    }

    public override void Endpoints(IEndpointRouteBuilder routes)
    {
        GetPayment.Map(routes);
        ListPayments.Map(routes);
        RefundPart.Map(routes);
        ListRefunds.Map(routes);
        GetInvoice.Map(routes);
        ListInvoices.Map(routes);
        RecordReceipt.Map(routes);
        RecordTransfer.Map(routes);
        ListOpenItems.Map(routes);
        ListLedger.Map(routes);
        ExportLedger.Map(routes);
        GetTrialBalance.Map(routes);
        var provider = PaymentProviders.Chosen(routes.ServiceProvider.GetRequiredService<IConfiguration>());
        if (provider == TestProvider.Name) GetTestProviderAccount.Map(routes);
        if (provider == StripeProvider.Name) HearStripe.Map(routes);
    }

    public override IReadOnlyDictionary<string, string> Counts => new Dictionary<string, string>
    {
        ["payments"] = "select count(*) from mt_doc_payment",
        ["ledger entries"] = "select count(*) from ledger",
        ["invoices and credit notes"] = "select count(*) from invoices",
        ["invoices not paid"] = "select count(*) from open_items where kind = 'Receivable'",
    };

    public override IEnumerable<string> Faults(IConfiguration configuration, string environment)
    {
        List<string> faults = [.. PaymentProviders.Faults(configuration)];
        InvoiceSettings.Read(configuration, faults);
        OnInvoiceSettings.Read(configuration, faults);
        StripeSettings.Read(configuration, faults);
        return faults;
    }
}
